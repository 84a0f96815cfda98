// SPDX-License-Identifier: Apache-2.0
#include "tests/kds/dialogue.h"

#include <catch2/catch.hpp>

#include "kds/names.h"
#include "tests/store/testing.h"

namespace skyden::kds::testing {

const model::TypeRegistry& Registry() { return store::testing::Registry(); }

size_t UpTypes(model::KumaVersion version) {
  size_t count = 0;
  for (const model::TypeDescriptor& type : Registry().In(version).all()) {
    count += type.ZoneToGlobal() ? 1 : 0;
  }
  return count;
}

model::Resource MakeResource(const std::string& type, const std::string& mesh,
                             const std::string& name, const std::string& spec,
                             const std::string& zone) {
  model::Resource resource;
  resource.type = Registry().FindByName(type)->id;
  resource.key = {mesh, name};
  resource.spec = spec;
  resource.zone = zone;
  resource.labels["kuma.io/origin"] = zone.empty() ? "global" : "zone";
  if (!zone.empty()) resource.labels["kuma.io/zone"] = zone;
  return resource;
}

void HandWritten::Change(model::Resource resource) {
  resource.revision = ++revision_;
  const model::TypeId type = resource.type;
  auto& view = views_[type];
  if (view == nullptr) {
    view = std::make_shared<resources::ResourceView>(
        0, std::vector<std::shared_ptr<const resources::ResourceView::Chunk>>());
  }
  std::vector<model::Resource> changes;
  changes.push_back(std::move(resource));
  view = resources::Advance(*view, std::move(changes), revision_);
  current_.erase(type);
}

void HandWritten::Put(model::Resource resource) { Change(std::move(resource)); }

void HandWritten::Delete(const std::string& type, const std::string& mesh,
                         const std::string& name) {
  model::Resource gone = MakeResource(type, mesh, name, "");
  gone.deleted = true;
  Change(std::move(gone));
}

void HandWritten::Disable(const std::string& zone) {
  auto disabled = std::make_shared<ZoneSet>(*disabled_);
  disabled->insert(zone);
  disabled_ = std::move(disabled);
  current_.clear();
}

absl::StatusOr<SnapshotRef> HandWritten::Current(model::TypeId type) {
  if (failing_) return absl::UnavailableError("no disk");
  auto& view = views_[type];
  if (view == nullptr) {
    view = std::make_shared<resources::ResourceView>(
        0, std::vector<std::shared_ptr<const resources::ResourceView::Chunk>>());
  }
  SnapshotRef& current = current_[type];
  if (current == nullptr) {
    const auto& descriptor = Registry().at(type);
    const auto features = static_cast<Features>(features_ & RelevantFeatures(descriptor));
    current = std::make_shared<const Snapshot>(Snapshot{descriptor, features, view, disabled_});
  }
  return current;
}

std::shared_ptr<const Delta> HandWritten::Between(const SnapshotRef& from, const SnapshotRef& to) {
  return std::make_shared<const Delta>(MakeDelta(from.get(), *to, chunk_bytes_, SIZE_MAX));
}

std::string BytesOf(const DeltaSend& send) {
  std::string bytes;
  for (const Piece& piece : send.pieces) {
    bytes.append(send.chunk->bytes, piece.offset, piece.length);
  }
  return bytes + ResponseTail(send.type->name, send.nonce);
}

Received Read(const std::string& bytes) {
  const auto response = ScanDeltaResponse(bytes);
  REQUIRE(response.ok());
  Received received;
  received.type = response->type_url;
  received.nonce = response->nonce;
  for (const SentResource& sent : response->resources) {
    const std::string name = std::string(sent.name) + "." + std::string(sent.mesh);
    CHECK(received.resources.emplace(name, sent.spec).second);
    for (const auto& [key, value] : sent.labels) {
      received.labels[name].emplace(std::string(key), std::string(value));
    }
  }
  for (const std::string_view name : response->removed) {
    CHECK(received.removed.emplace(name).second);
  }
  return received;
}

void ZoneDialogue::Request(const std::string& type, const std::string& nonce,
                           const std::string& error) {
  const std::string bytes = EncodeDeltaRequest(zone_, "", type, nonce, error);
  server_.OnRequest(ScanDeltaRequest(bytes).value(), now_);
}

void ZoneDialogue::Changed(model::Revision until) {
  Notice notice;
  notice.types.set();
  notice.since = now_;
  notice.until = until;
  for (size_t type = 0; type < Registry().size(); ++type) {
    notice.first.emplace_back(type, server_.delivery().known() + 1);
  }
  server_.MarkDirty(notice);
}

std::optional<Received> ZoneDialogue::Receives(SnapshotSource& source) {
  auto send = server_.Next(source, now_);
  REQUIRE(send.ok());
  if (!send->has_value()) return std::nullopt;
  return Read(BytesOf(**send));
}

}  // namespace skyden::kds::testing
