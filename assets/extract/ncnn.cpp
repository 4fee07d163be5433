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

@ARRAYS@
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

static Array fromMat(const ncnn::Mat& mat, const std::string& type) {
    Array array{type, {}, {}};
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
        if (!compare(output.blob, expected, fromMat(mat, expected.type))) return 1;
    }
    return 0;
}
