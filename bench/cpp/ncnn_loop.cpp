#include <cstring>

#include <ncnn/net.h>

#include "loop.h"
#include "ncnn/kernels/kernels.h"

namespace {

class NcnnLoop : public Loop {
  public:
    NcnnLoop(const std::string& param, const std::vector<int>& shape, int threads) : shape_(shape) {
        net_.opt.num_threads = threads;
        net_.opt.use_fp16_packed = net_.opt.use_fp16_storage = net_.opt.use_fp16_arithmetic = false;
        twinfer::kernels::registerKernels(net_); // what the addon adds, not what its kernels gain
        net_.load_param(param.c_str());
        net_.load_model((param.substr(0, param.size() - 6) + ".bin").c_str());
    }

    void run(const std::vector<float>& input, std::vector<float>& output) override {
        // clone(): what ncnn recommends for outside memory, which light mode may otherwise write.
        const ncnn::Mat in =
            ncnn::Mat(shape_[2], shape_[1], shape_[0], const_cast<float*>(input.data())).clone();
        ncnn::Extractor extractor = net_.create_extractor();
        extractor.input(net_.input_indexes()[0], in);
        ncnn::Mat out;
        extractor.extract(net_.output_indexes()[0], out);
        output.resize(out.w * out.h * out.c);
        std::memcpy(output.data(), out.data, output.size() * sizeof(float));
    }

  private:
    ncnn::Net net_;
    std::vector<int> shape_;
};

} // namespace

std::unique_ptr<Loop> openNcnnLoop(const std::string& param, const std::vector<int>& shape, int threads) {
    return std::make_unique<NcnnLoop>(param, shape, threads);
}
