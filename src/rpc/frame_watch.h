// SPDX-License-Identifier: Apache-2.0
// Counts a client's frames before anything is done for them. It reads nothing but their heads:
// nghttp2 has callbacks for frames too, but not for those it ignores.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "rpc/bucket.h"

namespace skyden::rpc {

class FrameWatch {
 public:
  // What the client does too much of; nullopt while it is decent.
  std::optional<std::string_view> Look(std::string_view bytes, absl::Duration now);
  void Trust();
  // A call has ended as it should: it counts no more.
  void CallEndedWell();
  // A frame was sent to the client, which may cause small ones from it.
  void SentData();
  // Something of the client's had to be reset.
  bool MayReset(absl::Duration now) { return resets_.Take(now); }

 private:
  std::optional<std::string_view> Count(absl::Duration now);
  bool MayCarryNothing(absl::Duration now);

  std::array<uint8_t, 9> head_{};
  uint8_t head_size_ = 0;
  uint8_t continuations_ = 0;
  bool trusted_ = false;
  size_t skip_ = 24;  // the client's magic
  size_t block_ = 0;  // bytes of the header block that is being sent
  double earned_ = 0;
  Bucket calls_{base::limits::kRpcStrangerCallRate};
  Bucket resets_{base::limits::kRpcStrangerResetRate};
  Bucket nothings_{base::limits::kRpcEmptyFrameRate};
};

}  // namespace skyden::rpc
