#pragma once

#include <string>
#include <string_view>

namespace twinfer {

// What a file is by its first bytes, of which 512 are enough.
struct FileContent {
    enum Kind {
        empty,
        zeros,
        ncnnParam,
        ncnnParamBin,
        ncnnBin,
        mnn,
        onnx,
        html,
        lfsPointer,
        npy,
        zip,
        gzip,
        tflite,
        hdf5,
        gguf,
        png,
        jpeg,
        utf16,
        json,
        text,
        unknown
    };

    Kind kind;
    const char* name;        // of the kind, for JavaScript
    const char* description; // for an error message: "received …"
    const char* help;        // when something else was expected
};

const FileContent& contentOf(std::string_view bytes);

// The same as a JSON document, for JavaScript.
std::string reportContent(std::string_view bytes);

} // namespace twinfer
