#include "pipeline_cache_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "../error.h"

namespace twinfer {

namespace {

std::string readAll(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

std::string serialise(const ncnn::PipelineCache& cache) {
    std::vector<unsigned char> bytes;
    if (cache.save_cache(bytes) != 0) return "";
    return std::string(bytes.begin(), bytes.end());
}

// Every file starts with the same number, whatever it was compiled for.
bool sameKind(const std::string& one, const std::string& other) {
    constexpr size_t kMagic = 4;
    return one.size() >= kMagic && other.size() >= kMagic && one.compare(0, kMagic, other, 0, kMagic) == 0;
}

[[noreturn]] void refuseFile(const std::string& path) {
    throw Error("TWINFER_FILE_UNREADABLE", "pipeline_cache: expected a file that can be written, received " +
                                               path + ": " + std::strerror(errno));
}

} // namespace

PipelineCacheFile::PipelineCacheFile(const std::string& path, int device)
    : path_(path), cache_(ncnn::get_gpu_device(device)), bytes_(readAll(path)) {
    if (!bytes_.empty() && !sameKind(bytes_, serialise(cache_))) {
        throw Error("TWINFER_INVALID_OPTION",
                    "pipeline_cache: expected a pipeline cache of ncnn, received something else in " + path,
                    "It would be overwritten. Delete it if it is a damaged cache, or name another file.");
    }
    if (!std::ofstream(path, std::ios::binary | std::ios::app)) refuseFile(path);
    // Checked by ncnn against device, driver and version, and by hashes.
    const auto* data = reinterpret_cast<const unsigned char*>(bytes_.data());
    if (!bytes_.empty()) cache_.load_cache(data, bytes_.size());
}

void PipelineCacheFile::save() {
    const std::string now = serialise(cache_);
    if (now.empty() || now == bytes_) return;
    // Under another name first: a process that reads it meanwhile sees the old one or the new one.
    const std::string unfinished = path_ + ".unfinished";
    std::ofstream file(unfinished, std::ios::binary);
    file.write(now.data(), std::streamsize(now.size()));
    file.close();
    if (!file || std::rename(unfinished.c_str(), path_.c_str()) != 0) refuseFile(path_);
    bytes_ = now;
}

} // namespace twinfer
