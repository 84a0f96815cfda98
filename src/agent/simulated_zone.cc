// SPDX-License-Identifier: Apache-2.0
// A session is one connection with its calls. Handlers hold their session, so what comes late from
// an old one is told apart from the new one's and ignored.
#include "agent/simulated_zone.h"

#include <map>
#include <set>
#include <utility>

#include "agent/channel.h"
#include "fmt/format.h"
#include "skyden/base/strings.h"

namespace skyden::agent {
namespace {

constexpr char kSyncService[] = "/kuma.mesh.v1alpha1.KDSSyncService/";
constexpr char kGlobalService[] = "/kuma.mesh.v1alpha1.GlobalKDSService/";
constexpr absl::Duration kHealthIntervalDefault = absl::Minutes(5);

std::string InstanceOf(const std::string& zone_name) { return zone_name + "-0001"; }

}  // namespace

struct SimulatedZone::Session {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<grpc::GenericStub> stub;
  std::vector<std::shared_ptr<ByteStream>> streams;
  std::shared_ptr<ByteStream> down;
  std::shared_ptr<ByteStream> up;
  Workload workload;
  std::set<std::string> arrived;             // types
  std::map<std::string, std::string> asked;  // nonce of an offer -> its type
  uint64_t last_nonce = 0;
  bool ended = false;
};

SimulatedZone::SimulatedZone(SimulatedZoneOptions options, const Deps& deps)
    : options_(std::move(options)),
      deps_(deps),
      strand_(deps.executor),
      introduction_{
          options_.zone_name, InstanceOf(options_.zone_name),
          options_.token_in_header ? options_.global.Public() : options_.global.WithCredential(),
          options_.version} {}

void SimulatedZone::Start() {
  strand_.Post([self = shared_from_this()] { self->Connect(); });
}

void SimulatedZone::Stop() {
  deps_.in_flight.Add();
  strand_.Post([self = shared_from_this()] {
    self->stopped_ = true;
    if (self->session_ != nullptr) self->EndSession(self->session_, grpc::Status::CANCELLED);
    self->deps_.in_flight.Done();
  });
}

void SimulatedZone::Connect() {
  if (stopped_) return;
  auto channel =
      OpenChannel(options_.global,
                  {.ca_file = options_.ca_file, .private_connection = true, .raw_messages = false});
  if (!channel.ok()) {
    deps_.observer.OnDisconnected(
        options_.zone_name,
        {grpc::StatusCode::INVALID_ARGUMENT, std::string(base::ToStd(channel.status().message()))});
    return RetryLater();
  }
  session_ = std::make_shared<Session>();
  session_->channel = *std::move(channel);
  session_->stub = std::make_unique<grpc::GenericStub>(session_->channel);
  session_->workload = {options_.zone_name, options_.mesh_name, options_.dataplanes,
                        deps_.clock.Now(),  options_.version,   options_.played};
  OpenStreams(session_);
}

std::shared_ptr<ByteStream> SimulatedZone::Open(const std::shared_ptr<Session>& session,
                                                const std::string& method,
                                                std::function<void(std::string)> on_message,
                                                std::function<void(const grpc::Status&)> on_done) {
  CallMetadata metadata = {{"client-id", options_.zone_name},
                           {"kds-version", "v3"},
                           {"features", "zone-ping-health"},
                           {"features", "hash-suffix"},
                           {"version", std::string(ReleaseOf(options_.version))}};
  const std::string zone_version(ZoneVersionOf(options_.version));
  if (!zone_version.empty()) metadata.emplace_back("zone-version", zone_version);
  if (options_.token_in_header) {
    metadata.emplace_back("authorization", "Bearer " + options_.global.password);
  }
  deps_.in_flight.Add();
  return ByteStream::Start(
      *session->stub, method, metadata, strand_,
      {[session, on_message = std::move(on_message)](std::string bytes) {
         if (!session->ended) on_message(std::move(bytes));
       },
       [self = shared_from_this(), on_done = std::move(on_done)](const grpc::Status& why) {
         on_done(why);
         self->deps_.in_flight.Done();
       }});
}

void SimulatedZone::OpenStreams(const std::shared_ptr<Session>& session) {
  const auto self = shared_from_this();
  const auto ended = [self, session](const grpc::Status& why) { self->EndSession(session, why); };
  CheckHealth(session);
  for (const char* method : {"StreamXDSConfigs", "StreamStats", "StreamClusters"}) {
    OpenAdminStream(session, method);
  }
  session->down = Open(
      session, std::string(kSyncService) + "GlobalToZoneSync",
      [self, session](const std::string& bytes) { self->OnResponse(session, bytes); }, ended);
  session->up = Open(
      session, std::string(kSyncService) + "ZoneToGlobalSync",
      [self, session](const std::string& bytes) { self->OnRequest(session, bytes); }, ended);
  session->streams.push_back(session->down);
  session->streams.push_back(session->up);
  for (const std::string& type : TypesFromGlobal(options_.version)) {
    session->down->Send(Subscribe(introduction_, type));
  }
}

void SimulatedZone::OpenAdminStream(const std::shared_ptr<Session>& session,
                                    const std::string& method) {
  const size_t place = session->streams.size();
  session->streams.push_back(Open(
      session, kGlobalService + method,
      [session, place, method](const std::string& bytes) {
        const auto answer = AnswerAdminRequest(method, bytes);
        if (answer.has_value()) session->streams[place]->Send(*answer);
      },
      [self = shared_from_this(), session](const grpc::Status& why) {
        self->EndSession(session, why);
      }));
}

void SimulatedZone::CheckHealth(const std::shared_ptr<Session>& session) {
  const auto interval = std::make_shared<absl::Duration>(kHealthIntervalDefault);
  const auto call = Open(
      session, std::string(kGlobalService) + "HealthCheck",
      [interval](const std::string& bytes) {
        *interval = ParseHealthInterval(bytes).value_or(kHealthIntervalDefault);
      },
      [self = shared_from_this(), session, interval](const grpc::Status& status) {
        if (!status.ok()) return self->EndSession(session, status);
        if (session->ended) return;
        self->deps_.timers.After(*interval, self->strand_, [self, session] {
          if (!session->ended) self->CheckHealth(session);
        });
      });
  call->Send("");
  call->HalfClose();
}

void SimulatedZone::OnResponse(const std::shared_ptr<Session>& session, const std::string& bytes) {
  const auto response = ParseResponse(bytes);
  if (!response.ok()) {
    return EndSession(session, {grpc::StatusCode::INTERNAL,
                                std::string(base::ToStd(response.status().message()))});
  }
  const bool first = session->arrived.insert(response->type).second;
  deps_.observer.OnReceived(options_.zone_name, *response, first);
  session->down->Send(Acknowledge(options_.zone_name, response->type, response->nonce));
  if (first && session->arrived.size() == TypesFromGlobal(options_.version).size()) {
    deps_.observer.OnSynced(options_.zone_name);
  }
}

void SimulatedZone::OnRequest(const std::shared_ptr<Session>& session, const std::string& bytes) {
  const auto request = ParseRequest(bytes);
  if (!request.ok()) {
    return EndSession(session, {grpc::StatusCode::INTERNAL,
                                std::string(base::ToStd(request.status().message()))});
  }
  if (!request->nonce.empty()) {
    if (session->asked.erase(request->nonce) > 0) {
      deps_.observer.OnAnswered(options_.zone_name, request->type,
                                CountOf(session->workload, request->type), request->error);
    }
    return;
  }
  const std::string nonce = fmt::format("{}", ++session->last_nonce);
  session->asked.emplace(nonce, request->type);
  session->up->Send(Offer(session->workload, request->type, nonce));
}

void SimulatedZone::EndSession(const std::shared_ptr<Session>& session, const grpc::Status& why) {
  if (session->ended) return;
  session->ended = true;
  for (const auto& stream : session->streams) stream->Cancel();
  // Streams hold their session through their handlers.
  session->streams.clear();
  session->down.reset();
  session->up.reset();
  if (stopped_) return;
  deps_.observer.OnDisconnected(options_.zone_name, why);
  RetryLater();
}

void SimulatedZone::RetryLater() {
  deps_.timers.After(options_.retry, strand_, [self = shared_from_this()] { self->Connect(); });
}

}  // namespace skyden::agent
