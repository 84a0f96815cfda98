// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"

namespace skyden::http {

// The body of an answer that goes on for as long as both sides like. Thread-safe.
class BodyStream {
 public:
  // Both are called on an io thread, without locks: they must only hand over.
  struct Options {
    size_t bytes_max = 0;                        // that wait for the client to take them
    absl::AnyInvocable<void()> on_drained = {};  // the client has taken all there was
    absl::AnyInvocable<void()> on_gone = {};     // once: it is over, whoever ended it
  };
  static std::shared_ptr<BodyStream> Create(Options options);
  virtual ~BodyStream() = default;

  // Queues `text`. False, and nothing queued, when that would be too much or it is over.
  virtual bool Write(std::string text) = 0;
  // Ends the answer after what is queued.
  virtual void End() = 0;
};

}  // namespace skyden::http
