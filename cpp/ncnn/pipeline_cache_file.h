#pragma once

#include <cstddef>
#include <string>

#include <ncnn/pipelinecache.h>

namespace twinfer {

// ncnn's PipelineCache with the file that it is kept in: compiled shaders, which make up most of the time
// that a load takes on a GPU. A file of another device, driver or ncnn version is left unused and replaced.
class PipelineCacheFile {
  public:
    // Throws TWINFER_INVALID_OPTION for a file that exists and is no pipeline cache (it would be
    // overwritten), TWINFER_FILE_UNREADABLE where nothing can be written.
    PipelineCacheFile(const std::string& path, int device);

    ncnn::PipelineCache& cache() { return cache_; }

    // Writes the file when there is more to keep than was read.
    void save();

  private:
    std::string path_;
    ncnn::PipelineCache cache_;
    std::string bytes_; // of the file, as read or written last
};

} // namespace twinfer
