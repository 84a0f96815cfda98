// SPDX-License-Identifier: Apache-2.0
#include "rpc/session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>

#include "rpc/session_callbacks.h"
#include "rpc/session_stream.h"
#include "skyden/base/check.h"
#include "skyden/base/limits.h"

namespace skyden::rpc {
namespace {

namespace limits = base::limits;

void SubmitSettings(nghttp2_session* http2, size_t calls_max) {
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, static_cast<uint32_t>(calls_max)},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(limits::kRpcHeaderBytes)},
      // Or nghttp2 keeps a tree of streams for a client to shape.
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  };
  SKYDEN_CHECK(nghttp2_submit_settings(http2, NGHTTP2_FLAG_NONE, settings, std::size(settings)) ==
               0);
}

}  // namespace

Session::Session(SessionOptions options, Owner& owner, Http2Memory& memory)
    : options_(options),
      owner_(owner),
      http2_(NewHttp2(*this, memory)),
      strangers_calls_(std::min(options.calls_max, limits::kRpcStrangerCalls)) {
  SubmitSettings(http2_, strangers_calls_);
}

Session::~Session() {
  nghttp2_session_del(http2_);
  while (!streams_.empty()) {
    const auto stream = std::move(streams_.begin()->second);
    streams_.erase(streams_.begin());
    if (stream->events != nullptr) stream->events->OnGone();
  }
}

bool Session::Take(std::string_view bytes, absl::Duration now) {
  if (over_) return false;
  now_ = now;
  if (const auto complaint = watch_.Look(bytes, now)) return Over(*complaint);
  const auto taken = nghttp2_session_mem_recv(
      http2_, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (over_) return false;
  if (taken == NGHTTP2_ERR_FLOODED) return Over("too many frames that want an answer");
  if (taken < 0) return Over("");
  return OwesTooMuch() ? Over("answers that are not taken") : true;
}

bool Session::Over(std::string_view abuse) {
  over_ = true;
  abuse_ = abuse;
  return false;
}

bool Session::done() const {
  return nghttp2_session_want_read(http2_) == 0 && nghttp2_session_want_write(http2_) == 0;
}

bool Session::OwesTooMuch() const {
  return nghttp2_session_get_outbound_queue_size(http2_) > limits::kRpcOutboundFrames;
}

void Session::Trust() {
  if (std::exchange(trusted_, true)) return;
  watch_.Trust();
  if (options_.calls_max > strangers_calls_) SubmitSettings(http2_, options_.calls_max);
  nghttp2_session_set_local_window_size(http2_, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<int32_t>(limits::kRpcConnectionWindow));
  std::vector<int32_t> ids;
  for (const auto& [id, stream] : streams_) ids.push_back(id);
  for (const int32_t id : ids) UpdateBooks(*Find(id));
}

void Session::Ping() { nghttp2_submit_ping(http2_, NGHTTP2_FLAG_NONE, nullptr); }

void Session::RefuseNewCalls() {
  if (std::exchange(refusing_, true)) return;
  nghttp2_submit_shutdown_notice(http2_);
}

void Session::GoAway(std::string_view why) {
  const uint32_t code = abuse_.empty() ? NGHTTP2_NO_ERROR : NGHTTP2_ENHANCE_YOUR_CALM;
  nghttp2_submit_goaway(http2_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(http2_),
                        code, reinterpret_cast<const uint8_t*>(why.data()), why.size());
}

Session::Stream* Session::Find(int32_t stream_id) const {
  const auto found = streams_.find(stream_id);
  return found == streams_.end() ? nullptr : found->second.get();
}

void Session::Forget(int32_t stream_id) {
  const auto found = streams_.find(stream_id);
  if (found == streams_.end()) return;
  const auto stream = std::move(found->second);
  streams_.erase(found);
  held_ -= stream->counted;
  nghttp2_session_consume_connection(http2_, stream->unacknowledged);
  if (stream->events != nullptr) stream->events->OnGone();
}

}  // namespace skyden::rpc
