// SPDX-License-Identifier: Apache-2.0
// The near end of an agent: makes calls and remembers what came back.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "agent/byte_stream.h"
#include "agent/channel.h"
#include "skyden/base/executor.h"
#include "tests/agent/fake_global.h"

namespace skyden::agent {

// One call. Read `messages`, `status` only through the waiting functions.
class TestCall {
 public:
  TestCall(grpc::GenericStub& stub, const std::string& method, const CallMetadata& metadata,
           base::Executor& executor) {
    stream_ = ByteStream::Start(stub, method, metadata, base::Strand(executor),
                                {[state = state_](std::string message) {
                                   absl::MutexLock lock(&state->mu);
                                   state->messages.push_back(std::move(message));
                                 },
                                 [state = state_](const grpc::Status& status) {
                                   absl::MutexLock lock(&state->mu);
                                   state->status = status;
                                   state->done = true;
                                 }});
  }
  // The executor may go right after it: nothing of the call must be on its way any more.
  ~TestCall() {
    stream_->Cancel();
    Status();
  }

  ByteStream& stream() { return *stream_; }
  // The messages so far once there are `count`; fewer after kTestPatience.
  std::vector<std::string> Messages(size_t count, absl::Duration patience = kTestPatience) {
    absl::MutexLock lock(&state_->mu);
    const auto enough = [&] { return state_->messages.size() >= count || state_->done; };
    state_->mu.AwaitWithTimeout(absl::Condition(&enough), patience);
    return state_->messages;
  }
  grpc::Status Status() {
    absl::MutexLock lock(&state_->mu);
    if (!state_->mu.AwaitWithTimeout(absl::Condition(&state_->done), kTestPatience)) {
      return {grpc::StatusCode::DEADLINE_EXCEEDED, "the test waited too long"};
    }
    return state_->status;
  }

 private:
  struct State {
    absl::Mutex mu;
    std::vector<std::string> messages;
    grpc::Status status;
    bool done = false;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
  std::shared_ptr<ByteStream> stream_;
};

}  // namespace skyden::agent
