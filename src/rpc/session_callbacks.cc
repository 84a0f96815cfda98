// SPDX-License-Identifier: Apache-2.0
#include "rpc/session_callbacks.h"

#include "skyden/base/check.h"
#include "skyden/base/limits.h"

namespace skyden::rpc {
namespace {

namespace limits = base::limits;

std::string_view View(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

struct SessionCallbacks {
  static Session& Of(void* user_data) { return *static_cast<Session*>(user_data); }
  // Nothing more is taken of this client.
  static constexpr int kStop = NGHTTP2_ERR_CALLBACK_FAILURE;

  static int BeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) Of(self).BeginStream(frame->hd.stream_id);
    return 0;
  }

  static int Header(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                    size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                    void* user_data) {
    Session& self = Of(user_data);
    if (!self.CountHeader(frame->hd.stream_id, name_size + value_size)) return kStop;
    self.AddHeader(frame->hd.stream_id, View(name, name_size), View(value, value_size));
    return 0;
  }

  // One that HTTP/2 forbids is left out, but it has cost what others do.
  static int InvalidHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t*,
                           size_t name_size, const uint8_t*, size_t value_size, uint8_t,
                           void* self) {
    return Of(self).CountHeader(frame->hd.stream_id, name_size + value_size) ? 0 : kStop;
  }

  static int FrameReceived(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    Session& self = Of(user_data);
    if (frame->hd.type == NGHTTP2_RST_STREAM) {
      self.owner_.OnReset(Session::Owner::ResetBy::kClient);
      return 0;
    }
    const bool headers = frame->hd.type == NGHTTP2_HEADERS;
    if (!headers && frame->hd.type != NGHTTP2_DATA) return 0;
    const bool done = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (headers && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      self.HeadComplete(frame->hd.stream_id);
    }
    if (done) self.PeerDone(frame->hd.stream_id);
    return 0;
  }

  // It will be reset by us, because the client wants it so.
  static int InvalidFrame(nghttp2_session*, const nghttp2_frame*, int, void* user_data) {
    Session& self = Of(user_data);
    if (self.watch_.MayReset(self.now_)) return 0;
    self.Over("too many calls broken");
    return kStop;
  }

  static int DataChunk(nghttp2_session*, uint8_t, int32_t stream_id, const uint8_t* data,
                       size_t size, void* self) {
    Of(self).TakeData(stream_id, View(data, size));
    return 0;
  }

  static int StreamClosed(nghttp2_session*, int32_t stream_id, uint32_t, void* self) {
    Of(self).Forget(stream_id);
    return 0;
  }

  static ssize_t ReadData(nghttp2_session*, int32_t stream_id, uint8_t*, size_t length,
                          uint32_t* flags, nghttp2_data_source*, void* self) {
    return Of(self).OfferData(stream_id, length, *flags);
  }

  static int SendData(nghttp2_session*, nghttp2_frame* frame, const uint8_t* frame_head,
                      size_t length, nghttp2_data_source*, void* user_data) {
    Session& self = Of(user_data);
    constexpr size_t kFrameHead = 9;
    self.SendData(frame->hd.stream_id, View(frame_head, kFrameHead), length);
    return self.out_->bytes() < self.enough_ ? 0 : NGHTTP2_ERR_PAUSE;
  }

  static int FrameSent(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    if (frame->hd.type == NGHTTP2_RST_STREAM) {
      Of(self).owner_.OnReset(Session::Owner::ResetBy::kServer);
    }
    if (frame->hd.type == NGHTTP2_HEADERS && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      Of(self).EndSent(frame->hd.stream_id);
    }
    return 0;
  }

  // Too large a header is the only reason: the call would wait for ever.
  static int FrameNotSent(nghttp2_session* http2, const nghttp2_frame* frame, int, void*) {
    if (frame->hd.type == NGHTTP2_HEADERS) {
      nghttp2_submit_rst_stream(http2, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                NGHTTP2_INTERNAL_ERROR);
    }
    return 0;
  }

  static nghttp2_session_callbacks* Make() {
    nghttp2_session_callbacks* all = nullptr;
    SKYDEN_CHECK(nghttp2_session_callbacks_new(&all) == 0);
    nghttp2_session_callbacks_set_on_begin_headers_callback(all, BeginHeaders);
    nghttp2_session_callbacks_set_on_header_callback(all, Header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(all, InvalidHeader);
    nghttp2_session_callbacks_set_on_frame_recv_callback(all, FrameReceived);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(all, InvalidFrame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, DataChunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(all, StreamClosed);
    nghttp2_session_callbacks_set_send_data_callback(all, SendData);
    nghttp2_session_callbacks_set_on_frame_send_callback(all, FrameSent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(all, FrameNotSent);
    return all;
  }
};

namespace {

nghttp2_option* MakeOptions() {
  nghttp2_option* options = nullptr;
  SKYDEN_CHECK(nghttp2_option_new(&options) == 0);
  nghttp2_option_set_no_auto_window_update(options, 1);
  nghttp2_option_set_no_closed_streams(options, 1);
  // What we say is short and differs from call to call: a table of it would only cost memory.
  nghttp2_option_set_max_deflate_dynamic_table_size(options, 0);
  nghttp2_option_set_max_outbound_ack(options, limits::kRpcOutboundAcks);
  nghttp2_option_set_max_settings(options, limits::kRpcSettings);
  // Behind FrameWatch, which is stricter with strangers.
  nghttp2_option_set_max_continuations(options, limits::kRpcContinuations);
  nghttp2_option_set_stream_reset_rate_limit(
      options, static_cast<uint64_t>(limits::kRpcResetRate.burst),
      static_cast<uint64_t>(limits::kRpcResetRate.per_second));
  return options;
}

}  // namespace

nghttp2_session* NewHttp2(Session& session, Http2Memory& memory) {
  static const nghttp2_session_callbacks* const callbacks = SessionCallbacks::Make();
  static const nghttp2_option* const options = MakeOptions();
  nghttp2_session* const http2 = memory.NewSession(callbacks, &session, options);
  SKYDEN_CHECK(http2 != nullptr);
  return http2;
}

nghttp2_data_provider DataProvider() {
  nghttp2_data_provider provider = {};
  provider.read_callback = SessionCallbacks::ReadData;
  return provider;
}

}  // namespace skyden::rpc
