#pragma once

#include <string>

#include "param_file.h"
#include "text_scanner.h"

namespace twinfer {

// "line 4 of the .param"
std::string atLine(int line);

// The magic number and the two counts in front of the layers of a text .param. Where they cannot be read,
// everything that follows is taken for layers.
void readTextHeader(std::string_view text, TextScanner& scanner, Findings& findings, ParamFile& file);

} // namespace twinfer
