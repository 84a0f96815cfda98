// SPDX-License-Identifier: Apache-2.0
// A zone's side of KDS over a real connection, driven step by step from the test's own thread.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/kds/dialogue.h"

namespace skyden::kds::testing {

inline constexpr char kDown[] = "/kuma.mesh.v1alpha1.KDSSyncService/GlobalToZoneSync";
inline constexpr char kUp[] = "/kuma.mesh.v1alpha1.KDSSyncService/ZoneToGlobalSync";
inline constexpr char kHealth[] = "/kuma.mesh.v1alpha1.GlobalKDSService/HealthCheck";
inline constexpr char kConfigs[] = "/kuma.mesh.v1alpha1.GlobalKDSService/StreamXDSConfigs";
inline constexpr char kStats[] = "/kuma.mesh.v1alpha1.GlobalKDSService/StreamStats";
inline constexpr char kClusters[] = "/kuma.mesh.v1alpha1.GlobalKDSService/StreamClusters";

using Headers = std::vector<std::pair<std::string, std::string>>;

// One call. Every wait is bounded.
class FakeStream {
 public:
  FakeStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
             const Headers& headers, bool gzip);
  ~FakeStream();

  // False when the stream is over.
  bool Write(std::string_view bytes);
  // What is compressed already; for streams that say gzip.
  bool WriteGzip(std::string_view bytes);
  // The same as Write; also false, and nothing more can be written, when the other side does not
  // take it within `wait`.
  bool TryWrite(std::string_view bytes, absl::Duration wait);
  // The next message; nullopt when the stream is over or nothing comes within `wait`.
  std::optional<std::string> Read(absl::Duration wait = absl::Seconds(20));
  // How the other side ended it. Fails the test when it does not.
  grpc::Status End(absl::Duration wait = absl::Seconds(20));
  void Cancel() { context_.TryCancel(); }

 private:
  // Waits for one event of `wanted`; others are noted. False on a timeout.
  bool Await(intptr_t wanted, absl::Duration wait, bool& ok);
  bool TryWrite(const grpc::ByteBuffer& message, absl::Duration wait);

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  std::map<intptr_t, bool> done_;  // events that came while another was awaited
  grpc::ByteBuffer read_;
  bool reading_ = false;
  bool over_ = false;
  bool stuck_ = false;  // a write is still under way
  bool finishing_ = false;
  grpc::Status status_;
};

class FakeZone {
 public:
  struct Options {
    std::string name = "zone-1";
    std::string client_id{};  // `name` when empty; "-": none
    std::string node_id{};    // `name` when empty; "-": none
    std::string user_info{};  // "<control plane>:<token>" in the zone's address
    Headers headers{};        // more of them
    bool gzip = true;
    bool hash_suffix = true;
    std::string version = "2.14.3";
    size_t config_padding = 0;  // stock zones send some 10 kB
    std::vector<std::string> features = {"zone-token", "hash-suffix", "hg-mz-selector",
                                         "producer-policy-flow", "optional-top-level-target-ref"};
    size_t message_bytes_max = 0;  // kds.maxMsgSize; 0: it does not say
  };
  FakeZone(const std::string& address, Options options);
  // Over another zone's connection, as through a proxy.
  FakeZone(std::shared_ptr<grpc::Channel> channel, Options options)
      : options_(std::move(options)), channel_(std::move(channel)) {}

  std::unique_ptr<FakeStream> Open(const std::string& method);
  // A first request, with all the metadata.
  std::string Subscribe(const std::string& type) const;
  std::string Ack(const std::string& type, const std::string& nonce,
                  const std::string& error = "") const;
  // Opens GlobalToZoneSync and subscribes to `types`.
  std::unique_ptr<FakeStream> Sync(const std::vector<std::string>& types);
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const Options& options() const { return options_; }

 private:
  const Options options_;
  std::shared_ptr<grpc::Channel> channel_;
};

// A DeltaDiscoveryResponse as a zone sends it. `spec_type_url` empty: JSON.
struct Told {
  std::string name;
  std::string mesh;
  std::string spec = "{}";
  std::string status;
  std::map<std::string, std::string> labels;
  std::string spec_type_url;
};
std::string Tell(const std::string& type, const std::string& nonce, const std::vector<Told>& told,
                 const std::vector<std::string>& removed = {});
// A serialised Dataplane that decodes and holds.
Told MakeDataplane(const std::string& name, const std::string& mesh = "default",
                   const std::string& address = "192.0.2.1", const std::string& zone_tag = "");

}  // namespace skyden::kds::testing
