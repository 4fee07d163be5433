#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "param_file.h"

namespace twinfer {

// The layers that a Kernel describes, save DeformableConv2D, which has rules of its own.
inline constexpr std::array<const char*, 12> kConvolutions = {"Convolution",
                                                              "Convolution1D",
                                                              "Convolution3D",
                                                              "ConvolutionDepthWise",
                                                              "ConvolutionDepthWise1D",
                                                              "ConvolutionDepthWise3D",
                                                              "Deconvolution",
                                                              "Deconvolution1D",
                                                              "Deconvolution3D",
                                                              "DeconvolutionDepthWise",
                                                              "DeconvolutionDepthWise1D",
                                                              "DeconvolutionDepthWise3D"};

// The numbers that all convolution and deconvolution layers share, in one, two or three spatial
// axes; those that a layer does not have are neutral. Order: width, height, depth.
struct Kernel {
    int axes = 2;
    bool transposed = false; // Deconvolution
    bool depthwise = false;  // has a group
    bool dynamic = false;    // weights come from a bottom
    int64_t outputs = 0;
    int64_t group = 1;
    int64_t weights = 0; // weight_data_size
    std::array<int64_t, 3> size{1, 1, 1};
    std::array<int64_t, 3> dilation{1, 1, 1};
    std::array<int64_t, 3> stride{1, 1, 1};
    std::array<int64_t, 3> padBefore{0, 0, 0};
    std::array<int64_t, 3> padAfter{0, 0, 0};
    std::array<int64_t, 3> outputPad{0, 0, 0};  // Deconvolution only
    std::array<int64_t, 3> outputSize{0, 0, 0}; // likewise; 0 is "as it comes"

    static bool isKernel(const std::string& type);
    static Kernel of(const ParamLayer& layer);

    int64_t area() const { return size[0] * size[1] * size[2]; }
    int64_t extent(int axis) const { return dilation[axis] * (size[axis] - 1) + 1; }
    // The channels of the input that the weights are for.
    int64_t inputs() const;
};

} // namespace twinfer
