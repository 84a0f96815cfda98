// SPDX-License-Identifier: Apache-2.0
// A zone and a DeltaServer talking, without anything between them. The snapshots are hand-written.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kds/delta_server.h"
#include "kds/messages.h"
#include "kds/snapshot.h"
#include "skyden/base/clock.h"
#include "skyden/model/type_registry.h"

namespace skyden::kds::testing {

const model::TypeRegistry& Registry();
// How many types a global asks each zone for.
size_t UpTypes(model::KumaVersion version = model::KumaVersion::kTwo);

// A resource authored at the global, or of a zone when `zone` is given.
model::Resource MakeResource(const std::string& type, const std::string& mesh,
                             const std::string& name, const std::string& spec,
                             const std::string& zone = "");

// The states of a control plane, as a hub would give them.
class HandWritten final : public SnapshotSource {
 public:
  explicit HandWritten(Features features = 15, size_t chunk_bytes = 2u << 20)
      : features_(features), chunk_bytes_(chunk_bytes) {}

  void Put(model::Resource resource);
  void Delete(const std::string& type, const std::string& mesh, const std::string& name);
  void Disable(const std::string& zone);
  void Fail() { failing_ = true; }
  model::Revision revision() const { return revision_; }

  absl::StatusOr<SnapshotRef> Current(model::TypeId type) override;
  std::shared_ptr<const Delta> Between(const SnapshotRef& from, const SnapshotRef& to) override;

 private:
  void Change(model::Resource resource);

  const Features features_;
  const size_t chunk_bytes_;
  bool failing_ = false;
  model::Revision revision_ = 0;
  std::map<model::TypeId, std::shared_ptr<const resources::ResourceView>> views_;
  std::shared_ptr<const ZoneSet> disabled_ = std::make_shared<ZoneSet>();
  std::map<model::TypeId, SnapshotRef> current_;
};

// What a zone made of a response.
struct Received {
  std::string type;
  std::string nonce;
  std::map<std::string, std::string> resources;  // "<name>.<mesh>" -> spec
  std::map<std::string, std::map<std::string, std::string>> labels;
  std::set<std::string> removed;
};
Received Read(const std::string& bytes);
// The message as the shell assembles it.
std::string BytesOf(const DeltaSend& send);

class ZoneDialogue {
 public:
  explicit ZoneDialogue(std::string zone = "zone-1", size_t message_bytes_max = 10u << 20,
                        telemetry::Histogram* propagation = nullptr)
      : zone_(zone),
        server_(Registry(),
                {zone, message_bytes_max, absl::Seconds(5), /*asks=*/false, propagation}) {}

  void Subscribes(const std::string& type) { Request(type, "", ""); }
  void Acks(const Received& response) { Request(response.type, response.nonce, ""); }
  void Nacks(const Received& response) { Request(response.type, response.nonce, "no"); }
  void Request(const std::string& type, const std::string& nonce, const std::string& error);
  // Everything may have changed just now, up to this revision of the control plane.
  void Changed(model::Revision until = 0);
  void Advance(absl::Duration by) { now_ += by; }
  // nullopt when nothing is sent.
  std::optional<Received> Receives(SnapshotSource& source);
  DeltaServer& server() { return server_; }
  absl::Duration now() const { return now_; }

 private:
  const std::string zone_;
  absl::Duration now_;
  DeltaServer server_;
};

}  // namespace skyden::kds::testing
