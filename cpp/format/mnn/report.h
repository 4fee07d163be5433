#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace twinfer {

// Everything that an .mnn says without being run, and everything that is wrong with it, as a JSON document:
// the one answer that JavaScript gets, from the addon and from WebAssembly. `weightFileBytes` is the size of
// "<model>.weight", 0 when there is none. Never throws.
std::string reportMnn(std::string_view model, uint64_t weightFileBytes);

} // namespace twinfer
