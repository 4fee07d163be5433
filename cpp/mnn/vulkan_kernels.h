#pragma once

#include <string>

namespace twinfer::mnn {

// Two of MNN's Vulkan kernels give other numbers than its CPU, and run there instead:
// - Softmax, always. Its shader (softmaxImage.comp) reads the largest value of a row from shared memory and
//   reuses that memory without a barrier between. Invocations beyond the first subgroup may see a sum in
//   its place: 17 dB were measured on a small ViT.
// - GELU_STANDARD, the exact function, while the precision is fp32. Its shader is the tanh approximation
//   (VulkanUnary.cpp:77): 77 dB.
// Why an operator of this type is kept off the GPU, or "".
std::string whyKeptOnCpu(const std::string& operatorType);

} // namespace twinfer::mnn
