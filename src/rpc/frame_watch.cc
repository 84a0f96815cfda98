// SPDX-License-Identifier: Apache-2.0
#include "rpc/frame_watch.h"

#include <algorithm>

namespace skyden::rpc {
namespace {

namespace limits = base::limits;

enum FrameType : uint8_t {  // RFC 9113, 6
  kData = 0,
  kHeaders = 1,
  kResetStream = 3,
  kContinuation = 9
};
constexpr uint8_t kPadded = 8;  // nothing but padding, perhaps

}  // namespace

std::optional<std::string_view> FrameWatch::Look(std::string_view bytes, absl::Duration now) {
  while (!bytes.empty()) {
    const size_t skipped = std::min(skip_, bytes.size());
    skip_ -= skipped;
    bytes.remove_prefix(skipped);
    while (head_size_ < head_.size() && !bytes.empty()) {
      head_[head_size_++] = static_cast<uint8_t>(bytes.front());
      bytes.remove_prefix(1);
    }
    if (head_size_ < head_.size()) break;
    head_size_ = 0;
    skip_ = size_t{head_[0]} << 16 | size_t{head_[1]} << 8 | head_[2];
    if (const auto complaint = Count(now)) return complaint;
  }
  return std::nullopt;
}

std::optional<std::string_view> FrameWatch::Count(absl::Duration now) {
  if (head_[3] != kContinuation) continuations_ = 0;
  switch (head_[3]) {
    case kData:
      if (skip_ > 0 && (head_[4] & kPadded) == 0) return std::nullopt;
      break;
    case kHeaders:
      block_ = skip_;
      if (calls_.Take(now)) return std::nullopt;
      return "too many calls";
    case kResetStream:
      if (resets_.Take(now)) return std::nullopt;
      return "too many calls reset";
    case kContinuation:
      if (++continuations_ > limits::kRpcContinuations) return "too many pieces of a header block";
      block_ += skip_;
      if (block_ > limits::kRpcHeaderBlockBytes) return "a header block that is far too large";
      if (skip_ > 0) return std::nullopt;
    default:
      break;
  }
  if (MayCarryNothing(now)) return std::nullopt;
  return "too many frames that carry nothing";
}

bool FrameWatch::MayCarryNothing(absl::Duration now) {
  if (earned_ >= 1) {
    earned_ -= 1;
    return true;
  }
  return nothings_.Take(now);
}

void FrameWatch::Trust() {
  if (trusted_) return;
  trusted_ = true;
  calls_.Change(limits::kRpcCallRate);
  resets_.Change(limits::kRpcResetRate);
}

void FrameWatch::CallEndedWell() {
  if (!trusted_) return;
  calls_.GiveBack();
  SentData();
}

void FrameWatch::SentData() {
  earned_ = std::min(earned_ + limits::kRpcEmptyFramesPerData, limits::kRpcEmptyFramesEarned);
}

}  // namespace skyden::rpc
