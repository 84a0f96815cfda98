// SPDX-License-Identifier: Apache-2.0
// Zones without a network: what a server's calls are told and tell, on the test's thread and in its
// order. What each zone has acknowledged is kept, so that it can be asked whether it has something.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kds/core.h"
#include "skyden/rpc/call.h"
#include "skyden/rpc/connection.h"
#include "tests/kds/fake_zone.h"

namespace skyden::kds::testing {

// A resource's content is told from others by a number that grows, in a label. 0: there is none.
using Number = int;
// Members "labels" and "spec" of a MeshTimeout or MeshRetry.
std::string Numbered(const std::string& type, Number number);

// What was written, in order.
class Written {
 public:
  void Put(const std::string& type, const std::string& name, model::Revision revision,
           Number number) {
    all_[{type, name}].push_back({revision, number, false});
  }
  void Delete(const std::string& type, const std::string& name, model::Revision revision,
              Number number) {
    all_[{type, name}].push_back({revision, number, true});
  }
  // type -> name -> number
  using Held = std::map<std::string, std::map<std::string, Number>>;
  // What of it somebody who holds `held` has not got of what was written up to `revision`; "": he
  // has all of it, or something newer.
  std::string Lacks(const Held& held, model::Revision revision) const;

 private:
  struct Change {
    model::Revision revision;
    Number number;
    bool deleted;
  };
  std::map<std::pair<std::string, std::string>, std::vector<Change>> all_;
};

class PlayedWire final : public rpc::Call {
 public:
  void Read(size_t messages) override { asked += messages; }
  void SetInitialMetadata(rpc::Metadata) override {}
  void Send(rpc::Message message, absl::AnyInvocable<void()> on_written) override;
  void Finish(const absl::Status& status, rpc::Metadata) override { Abort(status); }
  void Abort(const absl::Status& status) override;
  uint64_t sent_bytes() const override { return bytes_; }

  size_t asked = 0;
  std::deque<std::string> sent;
  bool is_over = false;
  absl::Status ended;

 private:
  uint64_t bytes_ = 0;
};

class PlayedZone {
 public:
  struct Options {
    std::string name;
    std::string control_plane;
    std::string token;
    std::vector<std::string> types;
    std::string refuses{};  // names that begin with this; empty: nothing
  };
  PlayedZone(rpc::Acceptor acceptor, Options options);
  ~PlayedZone();

  // Connects, or connects anew; asks for all types.
  void Connect();
  void Disconnect();
  bool is_connected() const { return handler_ != nullptr; }
  // Hands the server one of the messages that are under way. False when there is none.
  bool Deliver();
  // Takes one of the server's messages; what it answers is under way then. False likewise.
  bool Take();
  bool IsIdle() const { return to_server_.empty() && (wire_ == nullptr || wire_->sent.empty()); }

  const std::string& name() const { return options_.name; }
  const std::string& token() const { return options_.token; }
  // What the server was told that it has taken.
  const Written::Held& acknowledged() const { return acknowledged_; }

 private:
  struct UnderWay {
    std::string bytes;
    std::function<void(Written::Held&)> means;  // what it acknowledges
  };

  const rpc::Acceptor acceptor_;
  const Options options_;
  const FakeZone words_;
  std::shared_ptr<PlayedWire> wire_;
  std::shared_ptr<rpc::Connection> connection_;
  std::shared_ptr<rpc::CallHandler> handler_;
  std::deque<UnderWay> to_server_;
  std::set<std::string> has_whole_;  // types, of this connection
  Written::Held acknowledged_;
};

}  // namespace skyden::kds::testing
