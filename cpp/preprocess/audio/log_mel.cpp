#include "log_mel.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "error.h"
#include "fft.h"

namespace twinfer::audio {

namespace {

constexpr size_t kMostValues = size_t(1) << 28;
constexpr double kLeastEnergy = 1.1920928955078125e-07; // the epsilon of float, as in Kaldi

// A frame after the other.
struct Matrix {
    Matrix(size_t rows, size_t columns) : rows(rows), columns(columns), values(rows * columns) {}

    double* row(size_t index) { return values.data() + index * columns; }

    size_t rows, columns;
    std::vector<double> values;
};

// Which frames are computed.
struct Part {
    size_t first, count;
};

Part partOf(const Frames& frames, const LogMelRule& rule, size_t samples) {
    const size_t first = rule.firstFrame;
    const size_t wanted = rule.frameCount == 0 ? first + 1 : first + rule.frameCount;
    if (frames.count() < wanted) {
        throw Error("TWINFER_LENGTH_MISMATCH", "samples: expected enough for " + std::to_string(wanted) +
                                                   " frames, received " + std::to_string(samples) +
                                                   ", which are " + std::to_string(frames.count()));
    }
    return {first, rule.frameCount == 0 ? frames.count() - first : rule.frameCount};
}

// What |X| or |X|^2 is of the first half of the bins, and the one in the middle.
void measure(const std::vector<double>& real, const std::vector<double>& imaginary, bool isPower,
             std::vector<double>& out) {
    for (size_t bin = 0; bin < out.size(); bin++) {
        const double power = real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
        out[bin] = isPower ? power : std::sqrt(power);
    }
}

double floored(double value, const LogRule& rule) {
    return rule.addsFloor ? value + rule.floor : std::max(value, rule.floor);
}

void takeLogarithms(Matrix& mels, const LogMelRule& rule) {
    const LogRule& log = rule.log;
    if (log.kind == LogKind::none) return;
    const double factor = log.kind == LogKind::decibel ? (rule.isPower ? 10 : 20) : 1;
    const auto logarithm = [&](double value) {
        const double safe = floored(value, log);
        return log.kind == LogKind::natural ? std::log(safe) : factor * std::log10(safe);
    };
    const double reference =
        log.isGreatestReference ? *std::max_element(mels.values.begin(), mels.values.end()) : log.reference;
    const double zero = logarithm(reference);
    // A reference of 1 is none: its floor must not move it.
    const bool isMoved = log.isGreatestReference || log.reference != 1;
    for (double& value : mels.values) value = logarithm(value) - (isMoved ? zero : 0);
    const double least = *std::max_element(mels.values.begin(), mels.values.end()) - log.range;
    for (double& value : mels.values) value = std::max(value, least);
}

Matrix besideEnergy(const Matrix& mels, const std::vector<double>& energies, const EnergyRule& rule) {
    Matrix all(mels.rows, mels.columns + 1);
    for (size_t row = 0; row < mels.rows; row++) {
        const double energy = std::log(std::max({energies[row], kLeastEnergy, rule.floor}));
        const double* const from = mels.values.data() + row * mels.columns;
        std::copy(from, from + mels.columns, all.row(row) + (rule.isFirst ? 1 : 0));
        all.row(row)[rule.isFirst ? 0 : mels.columns] = energy;
    }
    return all;
}

void normalise(Matrix& features, const LogMelRule& rule) {
    for (size_t column = 0; column < features.columns; column++) {
        double mean = 0;
        if (rule.subtractsMean) {
            for (size_t row = 0; row < features.rows; row++) mean += features.row(row)[column];
            mean /= double(features.rows);
        }
        mean += rule.mean[rule.mean.size() == 1 ? 0 : column];
        const double std = rule.std[rule.std.size() == 1 ? 0 : column];
        for (size_t row = 0; row < features.rows; row++) {
            double& value = features.row(row)[column];
            value = (value - mean) / std;
        }
    }
}

Features asFloats(const Matrix& matrix, bool isTransposed) {
    Features features{matrix.rows, matrix.columns, std::vector<float>(matrix.values.size())};
    for (size_t row = 0; row < matrix.rows; row++) {
        for (size_t column = 0; column < matrix.columns; column++) {
            const size_t to = isTransposed ? column * matrix.rows + row : row * matrix.columns + column;
            features.values[to] = float(matrix.values[row * matrix.columns + column]);
        }
    }
    return features;
}

} // namespace

Features logMel(const float* samples, size_t count, const LogMelRule& rule, LogMelStage stage) {
    const Frames frames(samples, count, rule.scale, rule.frames);
    const Part part = partOf(frames, rule, count);
    const size_t length = rule.frames.fftLength;
    const bool isSpectrum = stage == LogMelStage::spectrum;
    const size_t columns = isSpectrum ? length / 2 + 1 : rule.mel.count;
    if (part.count > kMostValues / columns) {
        throw Error("TWINFER_LIMIT_EXCEEDED", "samples: expected at most " + std::to_string(kMostValues) +
                                                  " values of their frames, received " +
                                                  std::to_string(part.count) + " frames of " +
                                                  std::to_string(columns));
    }
    const std::vector<MelFilter> filters = melFilters(rule.mel, rule.sampleRate, length);
    Fft fft(length);
    std::vector<double> real(length), imaginary(length), bins(length / 2 + 1), energies(part.count);
    Matrix result(part.count, columns);
    for (size_t row = 0; row < part.count; row++) {
        energies[row] = frames.read(part.first + row, rule.energy.isRaw, real.data());
        std::fill(imaginary.begin(), imaginary.end(), 0.0);
        fft.transform(real.data(), imaginary.data());
        measure(real, imaginary, rule.isPower, bins);
        double* const out = result.row(row);
        if (isSpectrum) {
            std::copy(bins.begin(), bins.end(), out);
            continue;
        }
        for (size_t i = 0; i < filters.size(); i++) {
            const MelFilter& filter = filters[i];
            double sum = 0;
            for (size_t k = 0; k < filter.weights.size(); k++)
                sum += filter.weights[k] * bins[filter.first + k];
            out[i] = sum;
        }
    }
    if (stage == LogMelStage::spectrum || stage == LogMelStage::mel) return asFloats(result, false);
    takeLogarithms(result, rule);
    if (rule.energy.isWanted) result = besideEnergy(result, energies, rule.energy);
    if (stage == LogMelStage::log) return asFloats(result, false);
    normalise(result, rule);
    return asFloats(result, rule.isTransposed);
}

} // namespace twinfer::audio
