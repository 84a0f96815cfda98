// SPDX-License-Identifier: Apache-2.0
#include "tests/kds/played_zones.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <utility>

#include "tests/kds/kds_env.h"

namespace skyden::kds::testing {
namespace {

constexpr char kLabel[] = "number";

class PlayedConnection final : public rpc::Connection {
 public:
  uint64_t id() const override { return id_; }
  const std::string& peer_ip() const override { return ip_; }
  const std::string& peer() const override { return peer_; }
  bool tls() const override { return false; }
  void Trust() override {}
  void End(const absl::Status&) override {}
  Traffic traffic() const override { return {}; }

 private:
  static uint64_t Next() {
    static uint64_t last = 0;
    return ++last;
  }
  const uint64_t id_ = Next();
  const std::string ip_ = "192.0.2.7";
  const std::string peer_ = "192.0.2.7:7";
};

// 0 for what nobody numbered.
Number NumberIn(const Received& received, const std::string& full_name) {
  const auto labels = received.labels.find(full_name);
  if (labels == received.labels.end()) return 0;
  const auto number = labels->second.find(kLabel);
  return number == labels->second.end() ? 0 : std::atoi(number->second.c_str());
}

}  // namespace

std::string Numbered(const std::string& type, Number number) {
  const std::string spec =
      type == "MeshTimeout"
          ? TimeoutSpec()
          : R"("spec":{"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},)"
            R"("default":{"tcp":{"maxConnectAttempt":3}}}]})";
  return fmt::format(R"("labels":{{"{}":"{}"}},{})", kLabel, number, spec);
}

std::string Written::Lacks(const Held& held, model::Revision revision) const {
  for (const auto& [key, changes] : all_) {
    const auto after =
        std::find_if(changes.begin(), changes.end(),
                     [revision](const Change& change) { return change.revision > revision; });
    if (after == changes.begin()) continue;
    const Change& last = *std::prev(after);
    const auto of_type = held.find(key.first);
    Number has = 0;
    if (of_type != held.end()) {
      const auto found = of_type->second.find(key.second);
      if (found != of_type->second.end()) has = found->second;
    }
    const bool deleted_later =
        std::any_of(after, changes.end(), [](const Change& change) { return change.deleted; });
    const bool is_there = last.deleted ? has == 0 || has > last.number
                                       : has >= last.number || (has == 0 && deleted_later);
    if (!is_there) {
      return fmt::format("{} {}: {} {} of revision {}, has {}", key.first, key.second,
                         last.deleted ? "deletion" : "number", last.number, last.revision, has);
    }
  }
  return {};
}

void PlayedWire::Send(rpc::Message message, absl::AnyInvocable<void()> on_written) {
  std::string bytes;
  for (const rpc::Slice& slice : message) bytes += slice.bytes;
  bytes_ += bytes.size();
  if (!is_over) sent.push_back(std::move(bytes));
  if (on_written) on_written();
}

void PlayedWire::Abort(const absl::Status& status) {
  if (std::exchange(is_over, true)) return;
  ended = status;
  sent.clear();
}

PlayedZone::PlayedZone(rpc::Acceptor acceptor, Options options)
    : acceptor_(std::move(acceptor)),
      options_(std::move(options)),
      words_(std::shared_ptr<grpc::Channel>(), [this] {
        FakeZone::Options words;
        words.name = options_.name;
        words.hash_suffix = false;
        words.features = {"zone-token", "hg-mz-selector", "producer-policy-flow",
                          "optional-top-level-target-ref"};
        return words;
      }()) {}

PlayedZone::~PlayedZone() { Disconnect(); }

void PlayedZone::Connect() {
  Disconnect();
  wire_ = std::make_shared<PlayedWire>();
  connection_ = std::make_shared<PlayedConnection>();
  rpc::CallHead head;
  head.path = kDown;
  head.metadata = {{"client-id", options_.name},
                   {"authorization", "Bearer " + options_.token},
                   {"x-control-plane-id", options_.control_plane}};
  handler_ = acceptor_(std::move(head), wire_, connection_);
  REQUIRE(handler_ != nullptr);
  for (const std::string& type : options_.types) {
    to_server_.push_back({words_.Subscribe(type), [](Written::Held&) {}});
  }
}

void PlayedZone::Disconnect() {
  to_server_.clear();
  has_whole_.clear();
  if (handler_ != nullptr) handler_->OnGone();
  handler_ = nullptr;
  if (wire_ != nullptr) wire_->Abort(absl::CancelledError(""));
  wire_ = nullptr;
  connection_ = nullptr;
}

bool PlayedZone::Deliver() {
  if (handler_ == nullptr || to_server_.empty() || wire_->asked == 0) return false;
  --wire_->asked;
  const UnderWay message = std::move(to_server_.front());
  to_server_.pop_front();
  message.means(acknowledged_);
  handler_->OnMessage(message.bytes, false);
  return true;
}

bool PlayedZone::Take() {
  if (handler_ == nullptr || wire_->sent.empty()) return false;
  const Received received = Read(wire_->sent.front());
  wire_->sent.pop_front();
  const bool is_whole = has_whole_.insert(received.type).second;
  std::map<std::string, Number> taken;
  std::string refusal;
  for (const auto& [full, spec] : received.resources) {
    const std::string name = full.substr(0, full.rfind('.'));
    taken[name] = NumberIn(received, full);
    if (options_.refuses.empty() || !name.starts_with(options_.refuses)) continue;
    refusal += fmt::format("{}spec: number {} is not to my taste", refusal.empty() ? "" : "\n",
                           taken[name]);
  }
  if (!refusal.empty()) {
    to_server_.push_back(
        {words_.Ack(received.type, received.nonce, refusal), [](Written::Held&) {}});
    return true;
  }
  std::set<std::string> removed;
  for (const std::string& full : received.removed) removed.insert(full.substr(0, full.rfind('.')));
  to_server_.push_back({words_.Ack(received.type, received.nonce),
                        [type = received.type, is_whole, taken, removed](Written::Held& held) {
                          auto& of_type = held[type];
                          if (is_whole) of_type.clear();
                          for (const std::string& name : removed) of_type.erase(name);
                          for (const auto& [name, number] : taken) of_type[name] = number;
                        }});
  return true;
}

}  // namespace skyden::kds::testing
