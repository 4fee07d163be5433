#pragma once

#include <cstddef>
#include <vector>

namespace twinfer::audio {

enum class WindowShape { hann, hamming, povey, blackman, rectangular };

// What frames see beyond the signal. snip: nothing, only whole frames are taken. mirror: the signal mirrored
// with its outermost sample twice, frames around the middle of each hop (Kaldi without snip_edges). reflect
// and constant: frames centred at the hops, the signal mirrored with that sample once, or zeros (librosa,
// torch).
enum class Edges { snip, mirror, reflect, constant };

// In samples.
struct FrameRule {
    size_t frameLength, hopLength, fftLength;
    Edges edges;
    WindowShape window;
    bool isPeriodic;
    // A window that is shorter than the transform lies in its middle (librosa, torch), not at its start
    // (Kaldi).
    bool isCentredInFft;
    double preemphasis;
    bool preemphasisesFrames; // each by itself, as Kaldi does, rather than the signal
    bool removesDcOffset;
};

std::vector<double> windowOf(const FrameRule& rule);

// The frames of a signal.
class Frames {
  public:
    // The samples stay the caller's, and are read once.
    Frames(const float* samples, size_t count, double scale, const FrameRule& rule);

    size_t count() const { return count_; }

    // Writes frame `index` as the transform takes it, fftLength long. Answers with the frame's energy, before
    // the preemphasis and the window where `isRaw`, else after them.
    double read(size_t index, bool isRaw, double* out) const;

  private:
    double at(ptrdiff_t index) const;

    FrameRule rule_;
    std::vector<double> signal_, window_;
    size_t count_ = 0;
    ptrdiff_t first_ = 0; // where the first frame's window begins
};

} // namespace twinfer::audio
