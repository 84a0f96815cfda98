// SPDX-License-Identifier: Apache-2.0
// gRPC's framing: a flag, four bytes of length, the message.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace skyden::rpc {

// Takes a call's bytes and gives its messages. The length is looked at before a byte of the message
// is kept.
class MessageReader {
 public:
  explicit MessageReader(size_t message_bytes_max) : max_(message_bytes_max) {}

  // Takes as much of `bytes` as belongs to the message that is being read, and removes it from
  // them. RESOURCE_EXHAUSTED: it is too long; INTERNAL: these are no messages.
  absl::Status Take(std::string_view& bytes);
  bool complete() const { return head_size_ == kHeadBytes && body_.size() == length_; }
  bool compressed() const { return head_[0] != 0; }
  // Of the message that is being read; 0 when it is not known yet.
  size_t length() const { return head_size_ == kHeadBytes ? length_ : 0; }
  // What is still to come of the message; 0 when its length is not known yet.
  size_t missing() const { return head_size_ == kHeadBytes ? length_ - body_.size() : 0; }
  // Bytes of a message that has begun.
  size_t held() const { return head_size_ + body_.size(); }
  // The complete message; the next one begins.
  std::string Release();

 private:
  static constexpr size_t kHeadBytes = 5;

  absl::Status ReadHead();
  void Grow(size_t more);

  size_t max_;
  size_t length_ = 0;
  std::array<uint8_t, kHeadBytes> head_{};
  uint8_t head_size_ = 0;
  std::string body_;
};

}  // namespace skyden::rpc
