#pragma once

#include <string_view>

#include "param_file.h"

namespace twinfer {

constexpr const char* kCopyAgain = "The file is cut short: copy or convert it again.";

// The two parsers behind parseParam.
ParamFile scanTextParam(std::string_view text, Findings& findings);
ParamFile scanBinaryParam(std::string_view content, Findings& findings);

} // namespace twinfer
