// SPDX-License-Identifier: Apache-2.0
// Calls to other daemons.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "peers/others.h"
#include "skyden/peers/port.h"
#include "skyden/store/sealer.h"

namespace grpc {
class Channel;
}

namespace skyden::peers {

// Thread-safe. One channel for each daemon, which connects when it is used.
class Callers {
 public:
  Callers(const store::Sealer& sealer, TlsFiles tls) : sealer_(sealer), tls_(std::move(tls)) {}
  ~Callers() { Close(); }

  const TlsFiles& tls() const { return tls_; }

  class Call;
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;
  // `method`: of skyden.peers.v1.Peers. `done` is called once, perhaps at once, else on a thread of
  // gRPC's: it must only hand over. UNAVAILABLE or DEADLINE_EXCEEDED when the daemon cannot be
  // asked, FAILED_PRECONDITION when this one has no means to.
  std::shared_ptr<Call> Ask(const Other& other, std::string_view method, const std::string& message,
                            absl::Duration at_most, Done done) ABSL_LOCKS_EXCLUDED(mu_);
  static void Cancel(const std::shared_ptr<Call>& call);

  // The same question to all at once; their answers in the same order. Blocks.
  std::vector<absl::StatusOr<std::string>> AskAll(const std::vector<Other>& others,
                                                  std::string_view method,
                                                  const std::string& message,
                                                  absl::Duration at_most);

  // Cancels what is under way, and refuses what comes. Blocks until nothing is.
  void Close() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Link {
    std::shared_ptr<grpc::Channel> channel;
    std::string proof;
  };
  absl::StatusOr<Link> LinkTo(const Other& other) ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<Link> NewLink(const Other& other) const;
  void Ended(const std::shared_ptr<Call>& call, const Other& other, const absl::Status& status)
      ABSL_LOCKS_EXCLUDED(mu_);

  const store::Sealer& sealer_;
  const TlsFiles tls_;
  absl::Mutex mu_;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
  absl::flat_hash_map<std::string, Link> links_ ABSL_GUARDED_BY(mu_);  // by the daemon's id
  absl::flat_hash_set<std::string> silent_
      ABSL_GUARDED_BY(mu_);  // ids of those that did not answer
  absl::flat_hash_set<std::shared_ptr<Call>> calls_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::peers
