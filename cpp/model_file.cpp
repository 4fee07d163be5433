#include "model_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "error.h"

namespace twinfer {

namespace fs = std::filesystem;

std::string nameOf(const ModelFile& file) {
    return file.path.empty() ? "the model in memory" : file.path;
}

FILE* openFile(const std::string& path) {
    FILE* stream = std::fopen(path.c_str(), "rb");
    if (stream != nullptr) return stream;
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    throw Error(missing ? "TWINFER_FILE_NOT_FOUND" : "TWINFER_FILE_UNREADABLE",
                "expected a readable file at " + path + ", received: " + std::strerror(errno));
}

uint64_t sizeOf(const ModelFile& file) {
    if (file.bytes) return file.bytes->size();
    std::error_code failed;
    const fs::file_status status = fs::status(fs::u8path(file.path), failed);
    if (status.type() == fs::file_type::not_found) {
        throw Error("TWINFER_FILE_NOT_FOUND", "expected a file at " + file.path + ", received nothing there");
    }
    if (status.type() != fs::file_type::regular) {
        const char* found =
            status.type() == fs::file_type::directory ? "a folder" : "something that is not a file";
        throw Error("TWINFER_FILE_UNREADABLE", "expected a file at " + file.path + ", received " + found);
    }
    const uint64_t size = fs::file_size(fs::u8path(file.path), failed);
    if (failed) throw Error("TWINFER_FILE_UNREADABLE", file.path + ": " + failed.message());
    return size;
}

std::shared_ptr<const std::string> readAll(const ModelFile& file, uint64_t most) {
    const uint64_t size = sizeOf(file);
    if (size > most) {
        throw Error("TWINFER_MODEL_INVALID", "expected at most " + std::to_string(most) +
                                                 " bytes, received " + std::to_string(size) + " in " +
                                                 nameOf(file));
    }
    if (file.bytes) return file.bytes;
    const std::unique_ptr<FILE, int (*)(FILE*)> stream(openFile(file.path), std::fclose);
    auto content = std::make_shared<std::string>(size, '\0');
    if (std::fread(content->data(), 1, size, stream.get()) != size) {
        throw Error("TWINFER_FILE_UNREADABLE",
                    "expected " + std::to_string(size) + " bytes, received a read error from " + file.path);
    }
    return content;
}

} // namespace twinfer
