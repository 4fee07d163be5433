#include "kernels.h"

#include "../../log/log.h"
#include "../wide_layers.h"
#include "convolution.h"
#include "depthwise.h"
#include "grouped.h"
#include "plan.h"
#include "recurrent.h"

namespace twinfer::kernels {

namespace {

const Plan& planOf(void* data) {
    return *static_cast<const Plan*>(data);
}

ncnn::Layer* createConvolution(void* plan) {
    return new Convolution(Convolution::Kind::plane, planOf(plan));
}
ncnn::Layer* createConvolution1D(void* plan) {
    return new Convolution(Convolution::Kind::sequence, planOf(plan));
}
ncnn::Layer* createDepthwise(void* plan) {
    return new Depthwise(planOf(plan));
}
ncnn::Layer* createDepthwise1D(void* plan) {
    return new Grouped(Grouped::Kind::sequence, planOf(plan));
}
ncnn::Layer* createLstm(void* plan) {
    return new Recurrent(Recurrent::Kind::lstm, planOf(plan));
}
ncnn::Layer* createGru(void* plan) {
    return new Recurrent(Recurrent::Kind::gru, planOf(plan));
}

} // namespace

void registerKernels(ncnn::Net& net) {
    if (const Plan* plan = planHere()) registerKernels(net, *plan);
}

void registerKernels(ncnn::Net& net, const Plan& plan) {
    const LogCapture silent; // ncnn reports each type that is registered over its own
    auto* data = const_cast<Plan*>(&plan);
    net.register_custom_layer("Convolution", createConvolution, nullptr, data);
    net.register_custom_layer("Convolution1D", createConvolution1D, nullptr, data);
    net.register_custom_layer("ConvolutionDepthWise", createDepthwise, nullptr, data);
    net.register_custom_layer("ConvolutionDepthWise1D", createDepthwise1D, nullptr, data);
    net.register_custom_layer("LSTM", createLstm, nullptr, data);
    net.register_custom_layer("GRU", createGru, nullptr, data);
}

std::vector<std::string> layersOnKernels(const ncnn::Net& net) {
    std::vector<std::string> names;
    for (const ncnn::Layer* layer : net.layers()) {
        const auto* over = dynamic_cast<const Over*>(insideOf(layer));
        if (over != nullptr && over->onKernel()) names.push_back(over->name);
    }
    return names;
}

} // namespace twinfer::kernels
