#pragma once

#include <map>
#include <memory>
#include <vector>

#include <ncnn/net.h>

#include "../format/ncnn/shape_check.h"
#include "detectors.h"
#include "mat_output.h"
#include "network.h"

namespace twinfer {

// One ncnn::Extractor and what ncnn expects its user to keep in mind: which inputs a blob needs, that a
// second input() is ignored once something ran, and that light mode gives blobs back.
class Extraction {
  public:
    explicit Extraction(std::shared_ptr<const Network> network);

    // Any blob, not only the inputs: layers above it are not run. Shares the Mat.
    void input(int blob, const ncnn::Mat& mat);
    // `raw`: without unpacking and without conversion to fp32 (ncnn's type 1).
    // Empty where a detector found nothing, whose shape facts(blob) tells.
    ncnn::Mat extract(int blob, bool raw);
    BlobFacts facts(int blob) const;
    void setLightMode(bool on);
    void clear();

    // Throws TWINFER_UNKNOWN_INPUT or TWINFER_UNKNOWN_OUTPUT with the names there are.
    int blobNamed(const std::string& name, bool asInput) const;

  private:
    void requireBlob(int blob) const;
    // Layers that must run for a blob, given what is set and what has run.
    std::vector<int> layersFor(int blob) const;
    // Throws what is known to go wrong in one of these layers.
    void requireShapes(const std::vector<int>& layers);
    void requireInputs(const std::vector<int>& layers, int blob) const;

    std::shared_ptr<const Network> network_; // before the Extractor, which holds a raw pointer to its Net
    ncnn::Extractor extractor_;
    Detectors detectors_;
    bool lightMode_ = true;
    bool ran_ = false;
    std::vector<int> producer_; // layer of each blob, -1 for none
    std::vector<bool> available_;
    std::vector<bool> released_;
    std::map<int, BlobShape> given_;   // by blob
    std::map<int, bool> foundNothing_; // by blob that was extracted
    Inference inference_;              // of these, once something ran
};

} // namespace twinfer
