// Runs the piece of a network that lies beside it on ncnn alone, and says how far its outputs are from the
// expected ones. Where ncnn is installed into $NCNN:
//   g++ -O2 -std=c++17 repro.cpp -o repro -I$NCNN/include/ncnn -L$NCNN/lib -lncnn -fopenmp && ./repro
// or with CMake, by the CMakeLists.txt beside it. Another folder than the current one may be given.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "net.h"

struct Blob {
    @BLOB@ blob;
    const char* file;
};

static const std::vector<Blob> inputs = {
@INPUTS@
};
static const std::vector<Blob> outputs = {
@OUTPUTS@
};

// An array of a .npy file of float32 or int32.
struct Array {
    std::vector<int> shape;
    bool integers = false;
    std::vector<char> bytes;

    double at(size_t index) const {
        float real;
        int32_t integer;
        std::memcpy(integers ? static_cast<void*>(&integer) : &real, bytes.data() + 4 * index, 4);
        return integers ? integer : real;
    }
};

static Array readNpy(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (content.size() < 10 || content.compare(1, 5, "NUMPY") != 0) {
        std::cerr << "cannot read " << path << "\n";
        std::exit(2);
    }
    const size_t length = uint8_t(content[8]) + 256u * uint8_t(content[9]);
    const std::string header = content.substr(10, length);
    Array array;
    array.integers = header.find("'<i4'") != std::string::npos;
    const char* at = header.c_str() + header.find('(') + 1;
    for (char* end; std::strtol(at, &end, 10), end != at; at = *end == ',' ? end + 1 : end)
        array.shape.push_back(int(std::strtol(at, nullptr, 10)));
    array.bytes.assign(content.begin() + 10 + long(length), content.end());
    return array;
}

// ncnn starts every channel at a multiple of 16 bytes.
static ncnn::Mat toMat(const Array& array) {
    const std::vector<int>& s = array.shape;
    ncnn::Mat mat;
    if (s.size() == 1) mat.create(s[0]);
    if (s.size() == 2) mat.create(s[1], s[0]);
    if (s.size() == 3) mat.create(s[2], s[1], s[0]);
    if (s.size() == 4) mat.create(s[3], s[2], s[1], s[0]);
    const size_t plane = size_t(mat.w) * mat.h * mat.d * 4;
    for (int c = 0; c < mat.c; c++)
        std::memcpy(static_cast<char*>(mat.data) + c * mat.cstep * 4, array.bytes.data() + c * plane, plane);
    return mat;
}

static Array fromMat(const ncnn::Mat& mat, bool integers) {
    Array array;
    array.integers = integers;
    const size_t plane = size_t(mat.w) * mat.h * mat.d * 4;
    for (int c = 0; c < mat.c; c++) {
        const char* channel = static_cast<const char*>(mat.data) + c * mat.cstep * 4;
        array.bytes.insert(array.bytes.end(), channel, channel + plane);
    }
    return array;
}

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? std::string(argv[1]) + "/" : "";
    ncnn::Net net;
@OPTIONS@
    if (net.@LOAD@((folder + @MODEL@).c_str()) != 0 || net.load_model((folder + "piece.bin").c_str()) != 0) {
        std::cerr << "cannot load the network\n";
        return 2;
    }
    ncnn::Extractor extractor = net.create_extractor();
    for (const Blob& input : inputs) extractor.input(input.blob, toMat(readNpy(folder + input.file)));
    for (const Blob& output : outputs) {
        ncnn::Mat mat;
        const Array expected = readNpy(folder + output.file);
        if (extractor.extract(output.blob, mat) != 0) {
            std::cerr << output.blob << ": ncnn fails\n";
            return 2;
        }
        const Array computed = fromMat(mat, expected.integers);
        if (computed.bytes.size() != expected.bytes.size()) {
            std::cerr << output.blob << ": expected " << expected.bytes.size() / 4 << " values, received "
                      << computed.bytes.size() / 4 << "\n";
            return 1;
        }
        double signal = 0, noise = 0, largest = 0;
        for (size_t i = 0; i < expected.bytes.size() / 4; i++) {
            const double difference = computed.at(i) - expected.at(i);
            signal += expected.at(i) * expected.at(i);
            noise += difference * difference;
            largest = std::fmax(largest, std::fabs(difference));
        }
        std::cout << output.blob << ": ";
        if (noise == 0)
            std::cout << "identical\n";
        else
            std::cout << "max abs " << largest << ", SQNR " << 10 * std::log10(signal / noise) << " dB\n";
    }
    return 0;
}
