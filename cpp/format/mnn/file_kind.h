#pragma once

#include <cstddef>
#include <string>

namespace twinfer::mnn {

// What a file looks like that is no MNN model, judged by its first bytes ("an ONNX model", "HTML"),
// with the step that would help. Empty strings when nothing is recognised.
struct FileKind {
    std::string name;
    std::string help;
};

FileKind recogniseForeignFile(const void* data, size_t size);

} // namespace twinfer::mnn
