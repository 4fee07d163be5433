// overhead ENGINE MODEL INPUT_RAW_FLOAT32 C H W THREADS [idle-thread]
// Then one command a line on stdin: "run N" answers with N times in microseconds, "load" with the
// milliseconds of a load and a first run. bench/overhead.mjs alternates these with its own.
// idle-thread: keeps a thread that sleeps. In a process that ever had a second thread, as every Node process
// has, glibc takes its locks for real, in malloc too.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

#include "loop.h"

namespace {

using Clock = std::chrono::steady_clock;

double microsecondsSince(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

std::vector<float> readFloats(const char* file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    const auto* floats = reinterpret_cast<const float*>(bytes.data());
    return std::vector<float>(floats, floats + bytes.size() / sizeof(float));
}

} // namespace

int main(int count, char** arguments) {
    if (count < 8) return 2;
    if (count > 8) std::thread([] { std::this_thread::sleep_for(std::chrono::hours(1)); }).detach();
    const std::string engine = arguments[1], model = arguments[2];
    const std::vector<float> input = readFloats(arguments[3]);
    const std::vector<int> shape{std::atoi(arguments[4]), std::atoi(arguments[5]), std::atoi(arguments[6])};
    const int threads = std::atoi(arguments[7]);
    const auto open = [&] {
        return engine == "ncnn" ? openNcnnLoop(model, shape, threads) : openMnnLoop(model, threads);
    };
    std::unique_ptr<Loop> loop; // opened on the first "run": a "load" is the first thing its process does
    std::vector<float> output;
    for (std::string command; std::cin >> command;) {
        if (command == "load") {
            const auto start = Clock::now();
            open()->run(input, output);
            std::printf("%.3f\n", microsecondsSince(start) / 1000);
        } else {
            int runs = 0;
            std::cin >> runs;
            if (!loop) loop = open();
            std::vector<double> times(runs);
            for (double& time : times) {
                const auto start = Clock::now();
                loop->run(input, output);
                time = microsecondsSince(start);
            }
            for (const double time : times) std::printf("%.3f ", time);
            std::printf("\n");
        }
        std::fflush(stdout);
    }
}
