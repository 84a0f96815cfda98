// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "peers/answers.h"
#include "skyden/peers/port.h"
#include "skyden/rpc/server.h"

namespace skyden::peers {

// Thread-safe.
class Port::Impl {
 public:
  explicit Impl(PortOptions options);
  absl::Status Listen();

  // From here on `answers` answers; null: nobody does.
  void Serve(std::shared_ptr<Answers> answers) ABSL_LOCKS_EXCLUDED(mu_);
  // Ends all calls; nothing reaches `answers` any more. Blocks.
  void Close() ABSL_LOCKS_EXCLUDED(mu_);

  const std::string& address() const { return address_; }
  const std::string& public_address() const { return public_address_; }

 private:
  std::shared_ptr<rpc::CallHandler> Accept(rpc::CallHead head, std::shared_ptr<rpc::Call> call,
                                           const std::shared_ptr<rpc::Connection>& connection)
      ABSL_LOCKS_EXCLUDED(mu_);

  const PortOptions options_;
  std::string address_;
  std::string public_address_;
  absl::Mutex mu_;
  std::shared_ptr<Answers> answers_ ABSL_GUARDED_BY(mu_);
  rpc::Loops loops_;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace skyden::peers
