#include "kernels_reference.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace twinfer::test {

namespace {

std::mt19937 generator(7);

} // namespace

int upTo(int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(generator);
}

ncnn::Mat filled(ncnn::Mat mat, float scale) {
    std::normal_distribution<float> normal(0, scale);
    for (int c = 0; c < mat.c; c++) {
        float* values = mat.channel(c);
        for (int i = 0; i < mat.w * mat.h; i++) values[i] = normal(generator);
    }
    return mat;
}

double Activated::operator()(double v) const {
    switch (type) {
    case 1: return std::max(v, 0.0);
    case 2: return v > 0 ? v : v * a;
    case 3: return std::clamp(v, double(a), double(b));
    case 4: return 1 / (1 + std::exp(-v));
    case 6: return v * std::clamp(v * a + b, 0.0, 1.0);
    default: return v;
    }
}

Values convolve(const Shape& s, const ncnn::Mat& input, const ncnn::Mat& weights, const ncnn::Mat& bias) {
    const Window across = s.across.padded(s.width), down = s.down.padded(s.height);
    const int columns = across.outputs(s.width), rows = down.outputs(s.height), each = s.inputs / s.group;
    const int taps = across.kernel * down.kernel;
    Values all;
    for (int o = 0; o < s.outputs; o++) {
        const int first = o / (s.outputs / s.group) * each;
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                double sum = s.biased ? bias[size_t(o)] : 0;
                for (int i = 0; i < each; i++) {
                    const float* plane = input.dims == 3 ? input.channel(first + i) : input.row(first + i);
                    for (int t = 0; t < taps; t++) {
                        const int iy = y * down.stride + t / across.kernel * down.dilation - down.before;
                        const int ix =
                            x * across.stride + t % across.kernel * across.dilation - across.before;
                        const bool inside = iy >= 0 && iy < s.height && ix >= 0 && ix < s.width;
                        const double value = inside ? plane[iy * s.width + ix] : s.padValue;
                        sum += value * weights[size_t((o * each + i) * taps + t)];
                    }
                }
                all.push_back(s.activation(sum));
            }
        }
    }
    return all;
}

Values valuesOf(const ncnn::Mat& mat) {
    ncnn::Mat plain;
    ncnn::convert_packing(mat, plain, 1);
    Values values;
    for (int c = 0; c < plain.c; c++) {
        const float* from = plain.channel(c);
        values.insert(values.end(), from, from + plain.w * plain.h);
    }
    return values;
}

double sqnr(const Values& truth, const Values& answer) {
    if (truth.size() != answer.size()) return -1;
    double signal = 0, error = 0;
    for (size_t i = 0; i < truth.size(); i++) {
        signal += truth[i] * truth[i];
        error += (truth[i] - answer[i]) * (truth[i] - answer[i]);
    }
    if (std::isnan(error)) return -2;
    return error == 0 ? 300 : 10 * std::log10(signal / error);
}

namespace {

double sigmoid(double v) {
    return 1 / (1 + std::exp(-v));
}

double product(const float* row, const float* with, int length) {
    double sum = 0;
    for (int j = 0; j < length; j++) sum += double(row[j]) * with[j];
    return sum;
}

double product(const float* row, const Values& with) {
    double sum = 0;
    for (size_t j = 0; j < with.size(); j++) sum += double(row[j]) * with[j];
    return sum;
}

} // namespace

std::vector<Values> runLstm(const Recurrence& r, const std::vector<ncnn::Mat>& w,
                            const std::vector<ncnn::Mat>& in) {
    const int count = r.direction == 2 ? 2 : 1, H = r.hidden;
    std::vector<Values> result = {Values(size_t(r.steps * H * count)), Values(size_t(H * count)),
                                  Values(size_t(H * count))};
    for (int d = 0; d < count; d++) {
        const float *wx = static_cast<const float*>(w[0]) + size_t(d) * 4 * H * r.inputs,
                    *b = static_cast<const float*>(w[1]) + d * 4 * H,
                    *wh = static_cast<const float*>(w[2]) + size_t(d) * 4 * H * H;
        Values h(static_cast<size_t>(H)), c(static_cast<size_t>(H));
        for (int q = 0; q < H && r.hasStates; q++) {
            h[size_t(q)] = in[1][size_t(d * H + q)];
            c[size_t(q)] = in[2][size_t(d * H + q)];
        }
        for (int i = 0; i < r.steps; i++) {
            const int t = r.direction == 1 || d == 1 ? r.steps - 1 - i : i;
            const Values before = h;
            for (int q = 0; q < H; q++) {
                double g[4];
                for (int k = 0; k < 4; k++) {
                    const int row = k * H + q;
                    g[k] = b[row] + product(wx + row * r.inputs, in[0].row(t), r.inputs) +
                           product(wh + row * H, before);
                }
                c[size_t(q)] = sigmoid(g[1]) * c[size_t(q)] + sigmoid(g[0]) * std::tanh(g[3]);
                h[size_t(q)] = sigmoid(g[2]) * std::tanh(c[size_t(q)]);
                result[0][size_t(t * H * count + d * H + q)] = h[size_t(q)];
            }
        }
        std::copy(h.begin(), h.end(), result[1].begin() + d * H);
        std::copy(c.begin(), c.end(), result[2].begin() + d * H);
    }
    return result;
}

std::vector<Values> runGru(const Recurrence& r, const std::vector<ncnn::Mat>& w,
                           const std::vector<ncnn::Mat>& in) {
    const int count = r.direction == 2 ? 2 : 1, H = r.hidden;
    std::vector<Values> result = {Values(size_t(r.steps * H * count)), Values(size_t(H * count))};
    for (int d = 0; d < count; d++) {
        const float *wx = static_cast<const float*>(w[0]) + size_t(d) * 3 * H * r.inputs,
                    *b = static_cast<const float*>(w[1]) + d * 4 * H,
                    *wh = static_cast<const float*>(w[2]) + size_t(d) * 3 * H * H;
        Values h(static_cast<size_t>(H));
        for (int q = 0; q < H && r.hasStates; q++) h[size_t(q)] = in[1][size_t(d * H + q)];
        for (int i = 0; i < r.steps; i++) {
            const int t = r.direction == 1 || d == 1 ? r.steps - 1 - i : i;
            const Values before = h;
            for (int q = 0; q < H; q++) {
                double ofInput[3], ofHidden[3];
                for (int k = 0; k < 3; k++) {
                    ofInput[k] = b[k * H + q] + product(wx + (k * H + q) * r.inputs, in[0].row(t), r.inputs);
                    ofHidden[k] = product(wh + (k * H + q) * H, before);
                }
                const double reset = sigmoid(ofInput[0] + ofHidden[0]),
                             update = sigmoid(ofInput[1] + ofHidden[1]),
                             fresh = std::tanh(ofInput[2] + reset * (ofHidden[2] + b[3 * H + q]));
                h[size_t(q)] = (1 - update) * fresh + update * before[size_t(q)];
                result[0][size_t(t * H * count + d * H + q)] = h[size_t(q)];
            }
        }
        std::copy(h.begin(), h.end(), result[1].begin() + d * H);
    }
    return result;
}

} // namespace twinfer::test
