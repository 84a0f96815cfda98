// SPDX-License-Identifier: Apache-2.0
// A server of a few methods that say what happens to them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/cond_var.h"
#include "skyden/rpc/server.h"

namespace skyden::rpc {

// What handlers saw, for the test's thread.
class Record {
 public:
  void Add(const std::string& what) ABSL_LOCKS_EXCLUDED(mu_);
  size_t Count(const std::string& what) const ABSL_LOCKS_EXCLUDED(mu_);
  // Waits until `what` was added so often; false when that takes more than 20 s.
  bool Await(const std::string& what, size_t times = 1) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  mutable absl::Mutex mu_;
  base::CondVar changed_;
  std::map<std::string, size_t> counts_ ABSL_GUARDED_BY(mu_);
};

// "/test/Echo"     sends back each message; ends OK when the client is done
// "/test/Hold"     reads nothing and says nothing until the test does
// "/test/Refuse"   PERMISSION_DENIED with a trailer
// "/test/Big"      one message of as many bytes as the request's text says, then OK
// "/test/Metadata" sends the call's metadata x-* back, as initial metadata and as trailers
// "/test/Trust"    trusts the connection, ends OK
// Anything else is not taken. Every end is recorded as "gone", every message as "message".
class TestServer {
 public:
  explicit TestServer(ServerOptions options = {}, int threads = 2);
  ~TestServer();

  std::string address() const { return server->address(); }
  int port() const;
  // The newest call of /test/Hold.
  std::shared_ptr<Call> held() ABSL_LOCKS_EXCLUDED(mu_);
  // True when `condition` holds of the counters within 20 s.
  bool Await(const std::function<bool(const Server::Counters&)>& condition) const;

  Record record;
  bool trusting = true;  // everybody, at the first call
  Loops loops;
  std::unique_ptr<Server> server;

 private:
  std::shared_ptr<CallHandler> Accept(CallHead head, std::shared_ptr<Call> call,
                                      const std::shared_ptr<Connection>& connection);

  absl::Mutex mu_;
  std::shared_ptr<Call> held_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::rpc
