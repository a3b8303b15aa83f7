import CFastCGI
import Foundation

/// One request on one connection, through libfcgi.
///
/// Stays on the thread that made it. The `FCGX_Request` lives from `init` to `finish`, which every successful `init`
/// must be followed by; libfcgi closes the connection in all cases.
struct RecordStream {
  private let request: UnsafeMutablePointer<FCGX_Request>

  /// Reads the begin record and the parameters from an accepted connection; nil if they do not come or are broken.
  ///
  /// libfcgi 2.4.2 (fcgiapp.c): `FCGX_Accept_r` first calls `FCGX_Finish_r`, which leaves a connection open when
  /// `keepConnection` is set and there is no stream yet, and then accepts only if `ipcFd` is negative. With both set
  /// it reads from our connection at once. If that fails it closes the connection and tries to accept another from
  /// descriptor -1, which fails at once (EBADF) and returns.
  init?(adopting connection: Int32) {
    request = .allocate(capacity: 1)
    FCGX_InitRequest(request, -1, 0)
    request.pointee.ipcFd = connection
    request.pointee.keepConnection = 1
    // It takes parameters that break off for complete ones; the stream's error tells.
    guard FCGX_Accept_r(request) == 0, FCGX_GetError(request.pointee.in) == 0 else {
      FCGX_Free(request, 1)
      request.deallocate()
      return nil
    }
    // A kept connection would hold this worker while it is idle; the server opens another.
    request.pointee.keepConnection = 0
  }

  var parameters: GatewayParameters {
    var pairs: [(name: String, value: String)] = []
    var next = request.pointee.envp
    while let entry = next?.pointee {
      if let equals = strchr(entry, 61) {  // "="
        let name = UnsafeRawBufferPointer(start: entry, count: equals - entry)
        pairs.append((String(decoding: name, as: UTF8.self), String(cString: equals + 1)))
      }
      next = next?.advanced(by: 1)
    }
    return GatewayParameters(pairs)
  }

  /// Up to `length` bytes of body; fewer if it ends, breaks off or falls silent before.
  func readBody(_ length: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      buffer.withMemoryRebound(to: CChar.self) { bytes in
        count = Int(FCGX_GetStr(bytes.baseAddress, Int32(length), request.pointee.in))
      }
    }
  }

  /// Sends the answer and closes. False if the web server did not take all of it.
  func finish(with answer: [UInt8]) -> Bool {
    answer.withUnsafeBytes { bytes in
      _ = FCGX_PutStr(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), request.pointee.out)
    }
    // Closed here, in FCGX_Finish_r's order, because that one does not say whether the last write worked.
    let isSent = FCGX_FClose(request.pointee.err) == 0 && FCGX_FClose(request.pointee.out) == 0
    FCGX_Finish_r(request)
    request.deallocate()
    return isSent
  }
}
