#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "../findings.h"
#include "param_value.h"

namespace twinfer {

// One layer as its .param has it, before ncnn has seen it.
struct ParamLayer {
    std::string type;  // "Convolution"; "#300" for a type index of a binary .param that has no name
    std::string name;  // "layer 7" in a binary .param
    int line = 0;      // 0 in a binary .param
    size_t offset = 0; // where in the file it starts
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
    // As the file says; -1 where that cannot be read. ncnn refuses a file with more blobs, checkGraph as
    // well.
    int announcedLayers = -1;
    int announcedBlobs = -1;
    std::vector<int> ignoredLines; // behind the announced layers
    size_t countsOffset = 0;       // where the announced numbers stand
    // How many of `layers` stand before the first that cannot be read: nobody knows what weights that one
    // has.
    size_t readable = 0;
    bool complete = true; // there is no such line
    bool binary = false;
    // What ncnn accepts in silence and what is still odd, such as a blob count that is too large.
    std::vector<std::string> notes;

    // Counted from 1, as editors do. A binary .param has no lines: the one that the layer would have as text.
    int lineOf(const ParamLayer& layer) const;
    // "layer 'conv1' (Convolution, line 4)", for messages.
    std::string describe(const ParamLayer& layer) const;
    // Tops of Input layers, and produced blobs that no layer reads, as ncnn lists them.
    std::vector<int> inputs() const;
    std::vector<int> outputs() const;
};

// ncnn gives up above this many layers or blobs.
constexpr int kMostLayers = 1000000;
constexpr int kParamMagic = 7767517;

// Text or the binary format of ncnn2mem, as far as it can be read. Accepts what ncnn 20261020 accepts, except
// that a layer must stand on one line (ncnn takes names from the next line when they are missing, which hides
// a truncation). The errors are TWINFER_MODEL_INVALID, and TWINFER_MODEL_TRUNCATED where the file ends too
// early, with the line (the byte of a binary one), the expected and the received.
ParamFile parseParam(std::string_view content, Findings& findings);

// The same of one format, throwing at the first error.
ParamFile parseTextParam(std::string_view text);
ParamFile parseBinaryParam(const void* data, size_t size);

} // namespace twinfer
