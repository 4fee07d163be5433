#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "param_value.h"

namespace twinfer {

// One layer as its .param has it, before ncnn has seen it.
struct ParamLayer {
    std::string type; // "Convolution"; "#300" for a type index of a binary .param that has no name
    std::string name; // "layer 7" in a binary .param
    int line = 0;     // 0 in a binary .param
    std::vector<int> bottoms;
    std::vector<int> tops;
    std::map<int, ParamValue> params;

    bool has(int id) const { return params.count(id) != 0; }

    // The getters answer as ncnn's do: a value of another type counts as absent, except that an
    // integer may be read as a float. A model with `0=32.0` therefore has num_output 0.
    int integer(int id, int otherwise) const;
    float number(int id, float otherwise) const;
    std::vector<int> integers(int id) const;
    std::string string(int id) const;
    // Elements of an array whatever their type, 0 when absent.
    int length(int id) const;
};

struct ParamFile {
    std::vector<ParamLayer> layers; // in the order of the file
    // By blob index, numbered as ncnn numbers them. In a binary .param the name is the index.
    std::vector<std::string> blobs;
    int announcedBlobs = 0; // ncnn refuses a file with more, checkGraph as well
    bool binary = false;
    // What ncnn accepts in silence and what is still odd, such as a blob count that is too large.
    std::vector<std::string> notes;

    // "layer 'conv1' (Convolution, line 4)", for messages.
    std::string describe(const ParamLayer& layer) const;
    // Tops of Input layers, and produced blobs that no layer reads, as ncnn lists them.
    std::vector<int> inputs() const;
    std::vector<int> outputs() const;
};

// ncnn gives up above this many layers or blobs.
constexpr int kMostLayers = 1000000;
constexpr int kParamMagic = 7767517;

// The text format. Accepts what ncnn 20261020 accepts, except that a layer must stand on one line
// (ncnn takes names from the next line when they are missing, which hides a truncation).
// Throws TWINFER_MODEL_INVALID, or TWINFER_MODEL_TRUNCATED where the text ends too early; the
// message has the line, the expected and the received.
ParamFile parseTextParam(std::string_view text);

// The binary format of ncnn2mem. Same errors, with byte offsets in place of lines.
ParamFile parseBinaryParam(const void* data, size_t size);

} // namespace twinfer
