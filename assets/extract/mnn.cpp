// Runs the piece of a model that lies beside it on MNN alone, and says how far its outputs are from the expected
// ones. Where MNN is installed into $MNN:
//   g++ -O2 -std=c++17 repro.cpp -o repro -I$MNN/include -L$MNN/lib -lMNN -lpthread && ./repro
// or with CMake, by the CMakeLists.txt beside it. Another folder than the current one may be given.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <MNN/Interpreter.hpp>
#include <MNN/Tensor.hpp>

struct Named {
    const char* tensor;
    const char* file;
};

static const std::vector<Named> inputs = {
@INPUTS@
};
static const std::vector<Named> outputs = {
@OUTPUTS@
};

// What a .npy file holds, byte for byte.
struct Array {
    std::string type; // f4, i4, i1, u1
    std::vector<char> bytes;

    size_t count() const { return bytes.size() / size_t(type[1] - '0'); }
    double at(size_t index) const {
        if (type == "i1") return int8_t(bytes[index]);
        if (type == "u1") return uint8_t(bytes[index]);
        float real;
        int32_t integer;
        std::memcpy(type == "i4" ? static_cast<void*>(&integer) : &real, bytes.data() + 4 * index, 4);
        return type == "i4" ? integer : real;
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
    array.type = header.substr(header.find('\'', header.find(':')) + 2, 2);
    array.bytes.assign(content.begin() + 10 + long(length), content.end());
    return array;
}

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? std::string(argv[1]) + "/" : "";
    const std::shared_ptr<MNN::Interpreter> net(
        MNN::Interpreter::createFromFile((folder + "piece.mnn").c_str()), MNN::Interpreter::destroy);
    if (!net) {
        std::cerr << "cannot load the model\n";
        return 2;
    }
@OPTIONS@
    MNN::Session* session = net->createSession(schedule);
    for (const Named& input : inputs) {
        MNN::Tensor* tensor = net->getSessionInput(session, input.tensor);
        MNN::Tensor host(tensor, tensor->getDimensionType());
        const Array given = readNpy(folder + input.file);
        if (given.bytes.size() != size_t(host.size())) {
            std::cerr << input.tensor << ": expected " << host.size() << " bytes\n";
            return 2;
        }
        std::memcpy(host.host<char>(), given.bytes.data(), given.bytes.size());
        tensor->copyFromHostTensor(&host);
    }
    if (net->runSession(session) != MNN::NO_ERROR) {
        std::cerr << "MNN fails\n";
        return 2;
    }
    for (const Named& output : outputs) {
        MNN::Tensor* tensor = net->getSessionOutput(session, output.tensor);
        MNN::Tensor host(tensor, tensor->getDimensionType());
        tensor->copyToHostTensor(&host);
        const Array expected = readNpy(folder + output.file);
        Array computed = expected;
        if (expected.bytes.size() != size_t(host.size())) {
            std::cerr << output.tensor << ": expected " << expected.count() << " values, received "
                      << host.elementSize() << "\n";
            return 1;
        }
        std::memcpy(computed.bytes.data(), host.host<char>(), computed.bytes.size());
        double signal = 0, noise = 0, largest = 0;
        for (size_t i = 0; i < expected.count(); i++) {
            const double difference = computed.at(i) - expected.at(i);
            signal += expected.at(i) * expected.at(i);
            noise += difference * difference;
            largest = std::fmax(largest, std::fabs(difference));
        }
        std::cout << output.tensor << ": ";
        if (noise == 0)
            std::cout << "identical\n";
        else
            std::cout << "max abs " << largest << ", SQNR " << 10 * std::log10(signal / noise) << " dB\n";
    }
    return 0;
}
