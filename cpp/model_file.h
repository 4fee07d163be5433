#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "runner/runner.h"

namespace twinfer {

// The path, or what stands for it in a message when the content came from memory.
std::string nameOf(const ModelFile& file);

// These throw TWINFER_FILE_NOT_FOUND, or TWINFER_FILE_UNREADABLE for a folder and the like.
FILE* openFile(const std::string& path);
uint64_t sizeOf(const ModelFile& file);

// The whole content. Throws TWINFER_MODEL_INVALID above `most` bytes.
std::shared_ptr<const std::string> readAll(const ModelFile& file, uint64_t most);

} // namespace twinfer
