#include "require_weights.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>

#include "../error.h"
#include "../format/file_content.h"
#include "../format/ncnn/weight_walk.h"
#include "../model_file.h"

namespace twinfer {

namespace {

constexpr size_t kHead = 512;

// Reads anywhere in a model file, from memory or from disk.
class RandomAccess {
  public:
    explicit RandomAccess(const ModelFile& file) : bytes_(file.bytes), size_(sizeOf(file)) {
        if (!bytes_) stream_.reset(openFile(file.path));
    }

    uint64_t size() const { return size_; }

    bool read(uint64_t offset, void* into, size_t bytes) const {
        if (offset > size_ || bytes > size_ - offset) return false;
        if (bytes_) {
            std::memcpy(into, bytes_->data() + offset, bytes);
            return true;
        }
        return std::fseek(stream_.get(), long(offset), SEEK_SET) == 0 &&
               std::fread(into, 1, bytes, stream_.get()) == bytes;
    }

    std::string head() const {
        std::string head(std::min<uint64_t>(kHead, size_), '\0');
        read(0, head.data(), head.size());
        return head;
    }

  private:
    std::shared_ptr<const std::string> bytes_;
    uint64_t size_;
    std::unique_ptr<FILE, int (*)(FILE*)> stream_{nullptr, std::fclose};
};

} // namespace

void requireWeights(const ParamFile& param, const ModelFile& file) {
    const RandomAccess content(file);
    const WeightWalk walk = walkWeights(
        param, [&](uint64_t offset, void* into, size_t bytes) { return content.read(offset, into, bytes); },
        content.size());
    const bool short_ = walk.status == WeightWalk::Status::missing;
    if (!short_ && walk.status != WeightWalk::Status::badTag) return;
    const std::string where = walk.layer < 0 ? "" : " for " + param.describe(param.layers[walk.layer]);
    const FileContent& is = contentOf(content.head());
    // The first weight of a file that is one may look like anything.
    const auto may = {FileContent::ncnnBin, FileContent::unknown, FileContent::zeros, FileContent::text,
                      FileContent::empty};
    if (std::find(may.begin(), may.end(), is.kind) == may.end()) {
        throw Error("TWINFER_MODEL_INVALID",
                    "expected ncnn weights in " + nameOf(file) + ", received " + is.description, is.help);
    }
    if (short_) {
        throw Error("TWINFER_MODEL_TRUNCATED",
                    "expected " + std::to_string(content.size() + walk.missing) + " bytes of weights in " +
                        nameOf(file) + ", received " + std::to_string(content.size()) + ": " +
                        std::to_string(walk.missing) + (walk.missing == 1 ? " is" : " are") +
                        " missing, first" + where,
                    "Copy or convert the .bin again, or find the .param that belongs to it.");
    }
    char tag[11];
    std::snprintf(tag, sizeof tag, "0x%08x", walk.tag);
    throw Error("TWINFER_MODEL_INVALID",
                "expected a storage tag" + where + " at offset " + std::to_string(walk.offset) + " of " +
                    nameOf(file) + ", received " + tag,
                "The weights are shifted, damaged or of another network: convert the model again.");
}

} // namespace twinfer
