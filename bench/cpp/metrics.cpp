// metrics [ROUNDS]: two float32 tensors of 100 MB, and for 1 and 2 threads, ROUNDS times in turn: a loop that
// only reads them, the metrics, the sums among these alone, and the comparison of the best of 64 classes.
// Prints the milliseconds as JSON: { kernels, bytes, rows: [{ threads, readMs: [...], measureMs: [...], ...
// }] }. bench/metrics.mjs makes a table of it.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "metrics/argmax.h"
#include "metrics/kernels.h"
#include "metrics/measure.h"
#include "read_loop.h"

namespace {

using namespace twinfer;
using namespace twinfer::metrics;

constexpr size_t kClasses = 64, kLength = (100000000 / sizeof(float)) / kClasses * kClasses;

double milliseconds(const std::function<void()>& run) {
    const auto start = std::chrono::steady_clock::now();
    run();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void print(const std::string& name, const std::vector<double>& times) {
    std::printf("\"%s\":[", name.c_str());
    for (size_t i = 0; i < times.size(); i++) std::printf(i == 0 ? "%.3f" : ",%.3f", times[i]);
    std::printf("]");
}

} // namespace

int main(int count, char** arguments) {
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 15;
    std::vector<float> a(kLength), b(kLength);
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (size_t i = 0; i < kLength; i++) {
        a[i] = normal(random);
        b[i] = a[i] + 1e-5f * normal(random);
    }
    const Values reference{a.data(), DType::float32, kLength}, candidate{b.data(), DType::float32, kLength};
    volatile double sink;
    std::printf("{\"kernels\":\"%s\",\"bytes\":%zu,\"rows\":[", bestKernels().name,
                2 * kLength * sizeof(float));
    for (const size_t threads : {1, 2}) {
        const std::vector<std::pair<std::string, std::function<void()>>> contestants{
            {"readMs", [&] { sink = readLoop(a.data(), b.data(), kLength, threads); }},
            {"measureMs",
             [&] { sink = measure(reference, candidate, {threads, false, nullptr}).sums.error; }},
            {"sumsMs", [&] { sink = measure(reference, candidate, {threads, true, nullptr}).sums.error; }},
            {"argmaxMs",
             [&] {
                 const ClassAxis axis{1, kClasses, kLength / kClasses};
                 sink = double(compareArgmax(reference, candidate, axis, 0, threads).flips);
             }},
        };
        std::vector<std::vector<double>> times(contestants.size());
        for (int round = -1; round < rounds; round++) { // the first one warms up
            for (size_t i = 0; i < contestants.size(); i++) {
                const double time = milliseconds(contestants[i].second);
                if (round >= 0) times[i].push_back(time);
            }
        }
        std::printf("%s{\"threads\":%zu", threads == 1 ? "" : ",", threads);
        for (size_t i = 0; i < contestants.size(); i++) {
            std::printf(",");
            print(contestants[i].first, times[i]);
        }
        std::printf("}");
    }
    std::printf("]}\n");
}
