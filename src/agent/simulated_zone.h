// SPDX-License-Identifier: Apache-2.0
// One zone as a stock Kuma zone control plane plays it: a connection, six calls on it, everything
// asked for and acknowledged; and, when any of it ends, all of it again.
#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "agent/byte_stream.h"
#include "agent/global_address.h"
#include "agent/zone_messages.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"

namespace skyden::agent {

// Told what happens, on the zones' strands: several at once.
class ZoneObserver {
 public:
  virtual ~ZoneObserver() = default;
  // The first response of a type is its whole state; later ones are changes.
  virtual void OnReceived(const std::string& zone_name, const Response& response, bool first) = 0;
  // Every type has arrived.
  virtual void OnSynced(const std::string& zone_name) = 0;
  // The global took (or, with `error`, refused) the zone's resources of a type.
  virtual void OnAnswered(const std::string& zone_name, const std::string& type, int count,
                          const std::optional<std::string>& error) = 0;
  virtual void OnDisconnected(const std::string& zone_name, const grpc::Status& why) = 0;
};

struct SimulatedZoneOptions {
  std::string zone_name;
  GlobalAddress global;
  bool token_in_header = false;  // not in the address; as Kuma 3 zones send it
  std::string ca_file;
  std::string mesh_name = "default";
  int dataplanes = 0;
  std::shared_ptr<const std::vector<PlayedDataplane>> played = nullptr;  // in place of those
  model::KumaVersion version = model::KumaVersion::kTwo;
  absl::Duration retry = absl::Seconds(1);  // between the end of a session and the next
};

// Counts what still runs, so that its executor can be told to end. Thread-safe.
class InFlight {
 public:
  void Add() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    ++count_;
  }
  void Done() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    --count_;
  }
  void WaitForNone() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return count_ == 0; };
    mu_.Await(absl::Condition(&none));
  }

 private:
  absl::Mutex mu_;
  int count_ ABSL_GUARDED_BY(mu_) = 0;
};

// Strand-bound, but for Start and Stop. After Stop, `in_flight` reaches none; then the timers may
// go, then the executor.
class SimulatedZone : public std::enable_shared_from_this<SimulatedZone> {
 public:
  struct Deps {  // all must outlive the zone
    base::Clock& clock;
    base::Executor& executor;
    base::Timers& timers;
    ZoneObserver& observer;
    InFlight& in_flight;
  };
  SimulatedZone(SimulatedZoneOptions options, const Deps& deps);
  void Start();
  // Hangs up and stays away.
  void Stop();

 private:
  struct Session;

  void Connect();
  void OpenStreams(const std::shared_ptr<Session>& session);
  void OpenAdminStream(const std::shared_ptr<Session>& session, const std::string& method);
  void CheckHealth(const std::shared_ptr<Session>& session);
  void OnResponse(const std::shared_ptr<Session>& session, const std::string& bytes);
  void OnRequest(const std::shared_ptr<Session>& session, const std::string& bytes);
  void EndSession(const std::shared_ptr<Session>& session, const grpc::Status& why);
  void RetryLater();
  std::shared_ptr<ByteStream> Open(const std::shared_ptr<Session>& session,
                                   const std::string& method,
                                   std::function<void(std::string)> on_message,
                                   std::function<void(const grpc::Status&)> on_done);

  const SimulatedZoneOptions options_;
  const Deps deps_;
  base::Strand strand_;
  const ZoneIntroduction introduction_;
  bool stopped_ = false;
  std::shared_ptr<Session> session_;
};

}  // namespace skyden::agent
