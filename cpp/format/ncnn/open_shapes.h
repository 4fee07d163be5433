#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "param_file.h"
#include "shape/blob_shape.h"

namespace twinfer {

// Blobs whose shapes depend on values (how many boxes a detector finds), or that no rule tells, and that
// other layers take. What is behind them cannot be checked before the run: these are computed one by one, and
// with the shape of each the layers behind it are checked.
class OpenShapes {
  public:
    // `given`: the shapes of inputs, by blob. `wanted`: the blobs that a run is for.
    OpenShapes(const ParamFile& file, std::map<int, BlobShape> given, const std::vector<int>& wanted);

    // The next blob to compute: all that it is made from was checked. nullopt where nothing is left open.
    // Throws what inferShapes finds of a layer behind a blob that was computed.
    std::optional<int> next();
    // What it turned out to be; unknown where it holds nothing, and then nothing behind it runs.
    void settle(int blob, const BlobShape& shape);

  private:
    const ParamFile& file_;
    std::map<int, BlobShape> given_;
    std::set<int> asked_;
    std::vector<bool> needed_;   // by layer
    std::vector<bool> consumed_; // by blob, by a layer that is needed
};

// Whether there is any such blob.
bool hasOpenShapes(const ParamFile& file, const std::map<int, BlobShape>& given);

} // namespace twinfer
