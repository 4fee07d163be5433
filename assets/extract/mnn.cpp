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

@ARRAYS@
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
        Array computed{expected.type, {}, {}};
        computed.bytes.assign(host.host<char>(), host.host<char>() + host.size());
        if (!compare(output.tensor, expected, computed)) return 1;
    }
    return 0;
}
