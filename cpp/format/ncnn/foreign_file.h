#pragma once

#include <string>
#include <string_view>

namespace twinfer {

// What a file is that was given as a .param and is none: "an HTML page", "a git LFS pointer", "an
// ONNX model", … Empty when nothing is recognised. Looks at the first bytes only.
std::string describeForeignFile(std::string_view head);

// What to do about it, for Error::help.
std::string helpForForeignFile(std::string_view head);

} // namespace twinfer
