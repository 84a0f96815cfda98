// SPDX-License-Identifier: Apache-2.0
#include "tests/rpc/rpc_server.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <thread>
#include <utility>

#include "skyden/base/clock.h"

namespace skyden::rpc {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(20);

class EchoHandler : public CallHandler {
 public:
  EchoHandler(Record& record, std::shared_ptr<Call> call)
      : record_(record), call_(std::move(call)) {}

  void OnMessage(std::string bytes, bool compressed) override {
    record_.Add(compressed ? "compressed" : "message");
    call_->Send({Slice::Of(std::move(bytes))}, [&record = record_] { record.Add("written"); });
    call_->Read(1);
  }
  void OnPeerDone() override {
    record_.Add("done");
    call_->Finish(absl::OkStatus());
  }
  void OnGone() override { record_.Add("gone"); }

 protected:
  Record& record_;
  const std::shared_ptr<Call> call_;
};

class HoldHandler final : public EchoHandler {
 public:
  using EchoHandler::EchoHandler;
  void OnMessage(std::string, bool) override { record_.Add("message"); }
  void OnPeerDone() override { record_.Add("done"); }
};

class BigHandler final : public EchoHandler {
 public:
  using EchoHandler::EchoHandler;
  void OnMessage(std::string bytes, bool) override {
    call_->Send({Slice::Of(std::string(std::strtoull(bytes.c_str(), nullptr, 10), 'b'))});
    call_->Finish(absl::OkStatus());
  }
  void OnPeerDone() override {}
};

}  // namespace

void Record::Add(const std::string& what) {
  absl::MutexLock lock(&mu_);
  ++counts_[what];
  changed_.SignalAll();
}

size_t Record::Count(const std::string& what) const {
  absl::MutexLock lock(&mu_);
  const auto found = counts_.find(what);
  return found == counts_.end() ? 0 : found->second;
}

bool Record::Await(const std::string& what, size_t times) {
  absl::MutexLock lock(&mu_);
  return changed_.AwaitFor(mu_, kPatience,
                           [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return counts_[what] >= times; });
}

TestServer::TestServer(ServerOptions options, int threads) : loops(threads) {
  if (options.address.empty()) options.address = "127.0.0.1:0";
  if (options.name.empty()) options.name = "test";
  if (options.message_bytes_max == 0) options.message_bytes_max = 32u << 20;
  auto listening = Listen(loops, std::move(options),
                          [this](CallHead head, std::shared_ptr<Call> call,
                                 const std::shared_ptr<Connection>& connection) {
                            return Accept(std::move(head), std::move(call), connection);
                          });
  INFO(listening.status().ToString());
  REQUIRE(listening.ok());
  server = *std::move(listening);
}

TestServer::~TestServer() { server = nullptr; }

int TestServer::port() const {
  return std::atoi(address().substr(address().rfind(':') + 1).c_str());
}

std::shared_ptr<Call> TestServer::held() {
  absl::MutexLock lock(&mu_);
  return held_;
}

bool TestServer::Await(const std::function<bool(const Server::Counters&)>& condition) const {
  const base::RealClock clock;
  const absl::Duration until = clock.Monotonic() + kPatience;
  while (!condition(server->counters())) {
    if (clock.Monotonic() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

std::shared_ptr<CallHandler> TestServer::Accept(CallHead head, std::shared_ptr<Call> call,
                                                const std::shared_ptr<Connection>& connection) {
  record.Add("call");
  if (trusting || head.path == "/test/Trust") connection->Trust();
  if (head.path == "/test/Hold") {
    absl::MutexLock lock(&mu_);
    held_ = call;
    record.Add("held");
    return std::make_shared<HoldHandler>(record, std::move(call));
  }
  if (head.path == "/test/Refuse") {
    call->Finish(absl::PermissionDeniedError("no: 100 % \u00fc\n"), {{"x-why", "because"}});
    return nullptr;
  }
  if (head.path == "/test/Trust") {
    call->Finish(absl::OkStatus());
    return std::make_shared<HoldHandler>(record, std::move(call));
  }
  call->Read(1);
  if (head.path == "/test/Echo") return std::make_shared<EchoHandler>(record, std::move(call));
  if (head.path == "/test/Big") return std::make_shared<BigHandler>(record, std::move(call));
  if (head.path != "/test/Metadata") return nullptr;
  Metadata back;
  for (const auto& [name, value] : head.metadata) {
    if (name.substr(0, 2) == "x-") back.emplace_back(name, value);
  }
  if (head.timeout.has_value()) back.emplace_back("x-timed", "yes");
  call->SetInitialMetadata(back);
  call->Finish(absl::OkStatus(), std::move(back));
  return std::make_shared<HoldHandler>(record, std::move(call));
}

}  // namespace skyden::rpc
