#include "process_pixels.h"

#include <MNN/ImageProcess.hpp>

#include <memory>

#include "error.h"
#include "preprocess/pick.h"

namespace twinfer {

namespace {

MNN::CV::ImageFormat formatOf(int channels) {
    switch (channels) {
    case 1: return MNN::CV::GRAY;
    case 3: return MNN::CV::RGB;
    default: return MNN::CV::RGBA;
    }
}

MNN::CV::Filter filterOf(MnnFilter filter) {
    switch (filter) {
    case MnnFilter::nearest: return MNN::CV::NEAREST;
    case MnnFilter::bilinear: return MNN::CV::BILINEAR;
    default: return MNN::CV::BICUBIC;
    }
}

float cornerScale(int source, int target) {
    return target > 1 ? float(source - 1) / float(target - 1) : 1.f;
}

} // namespace

preprocess::Image<uint8_t> resizeMnn(const preprocess::PixelView& source, int width, int height,
                                     MnnFilter filter) {
    MNN::CV::ImageProcess::Config config;
    config.filterType = filterOf(filter);
    config.sourceFormat = config.destFormat = formatOf(source.channels);
    const std::unique_ptr<MNN::CV::ImageProcess, void (*)(MNN::CV::ImageProcess*)> process(
        MNN::CV::ImageProcess::create(config), MNN::CV::ImageProcess::destroy);
    MNN::CV::Matrix matrix;
    matrix.setScale(cornerScale(source.width, width), cornerScale(source.height, height));
    // MNN writes nothing where it has neither to sample nor to convert.
    if (matrix.isIdentity()) return preprocess::pickCorner(source, width, height);
    process->setMatrix(matrix);
    preprocess::Image<uint8_t> out(width, height, source.channels);
    const MNN::ErrorCode code =
        process->convert(source.data, source.width, source.height, int(source.stride), out.data.data(), width,
                         height, source.channels, int(out.stride()), halide_type_of<uint8_t>());
    if (code != MNN::NO_ERROR) {
        throw Error("TWINFER_ENGINE_FAILED",
                    "MNN's ImageProcess ended with code " + std::to_string(int(code)));
    }
    return out;
}

} // namespace twinfer
