#include "fft.h"

#include <algorithm>
#include <cmath>

namespace twinfer::audio {

namespace {

constexpr double kPi = 3.14159265358979323846;

bool isPowerOfTwo(size_t length) {
    return (length & (length - 1)) == 0;
}

size_t innerLength(size_t length) {
    if (isPowerOfTwo(length)) return length;
    size_t inner = 1;
    while (inner < 2 * length - 1) inner *= 2;
    return inner;
}

// (a + bi) becomes (a + bi)(c + di). std::complex would look for infinities each time.
void multiply(double& a, double& b, double c, double d) {
    const double real = a * c - b * d;
    b = a * d + b * c;
    a = real;
}

} // namespace

Fft::Fft(size_t length)
    : length_(length), inner_(innerLength(length)), cosine_(inner_ / 2), sine_(inner_ / 2) {
    for (size_t k = 0; k < inner_ / 2; k++) {
        cosine_[k] = std::cos(2 * kPi * double(k) / double(inner_));
        sine_[k] = std::sin(2 * kPi * double(k) / double(inner_));
    }
    if (inner_ == length_) return;
    for (std::vector<double>* part : {&chirpReal_, &chirpImaginary_}) part->resize(length_);
    for (std::vector<double>* part : {&filterReal_, &filterImaginary_, &real_, &imaginary_})
        part->resize(inner_);
    for (size_t k = 0; k < length_; k++) {
        // k^2 modulo the period keeps the angle exact.
        const double angle = kPi * double((k * k) % (2 * length_)) / double(length_);
        chirpReal_[k] = std::cos(angle);
        chirpImaginary_[k] = -std::sin(angle);
        const size_t mirrored = (inner_ - k) % inner_;
        filterReal_[k] = filterReal_[mirrored] = chirpReal_[k];
        filterImaginary_[k] = filterImaginary_[mirrored] = -chirpImaginary_[k];
    }
    byHalves(filterReal_.data(), filterImaginary_.data());
}

void Fft::transform(double* real, double* imaginary) {
    if (inner_ == length_) return byHalves(real, imaginary);
    std::fill(real_.begin(), real_.end(), 0.0);
    std::fill(imaginary_.begin(), imaginary_.end(), 0.0);
    for (size_t k = 0; k < length_; k++) {
        real_[k] = real[k];
        imaginary_[k] = imaginary[k];
        multiply(real_[k], imaginary_[k], chirpReal_[k], chirpImaginary_[k]);
    }
    byHalves(real_.data(), imaginary_.data());
    for (size_t k = 0; k < inner_; k++) {
        multiply(real_[k], imaginary_[k], filterReal_[k], filterImaginary_[k]);
        imaginary_[k] = -imaginary_[k]; // the inverse transform is the conjugate of the conjugate's
    }
    byHalves(real_.data(), imaginary_.data());
    for (size_t k = 0; k < length_; k++) {
        real[k] = real_[k] / double(inner_);
        imaginary[k] = -imaginary_[k] / double(inner_);
        multiply(real[k], imaginary[k], chirpReal_[k], chirpImaginary_[k]);
    }
}

void Fft::byHalves(double* real, double* imaginary) const {
    for (size_t i = 1, reversed = 0; i < inner_; i++) {
        size_t bit = inner_ / 2;
        for (; reversed & bit; bit /= 2) reversed ^= bit;
        reversed ^= bit;
        if (i >= reversed) continue;
        std::swap(real[i], real[reversed]);
        std::swap(imaginary[i], imaginary[reversed]);
    }
    for (size_t half = 1; half < inner_; half *= 2) {
        const size_t step = inner_ / (2 * half);
        for (size_t start = 0; start < inner_; start += 2 * half) {
            for (size_t k = start; k < start + half; k++) {
                double turnedReal = real[k + half], turnedImaginary = imaginary[k + half];
                multiply(turnedReal, turnedImaginary, cosine_[(k - start) * step],
                         -sine_[(k - start) * step]);
                real[k + half] = real[k] - turnedReal;
                imaginary[k + half] = imaginary[k] - turnedImaginary;
                real[k] += turnedReal;
                imaginary[k] += turnedImaginary;
            }
        }
    }
}

} // namespace twinfer::audio
