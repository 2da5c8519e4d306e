import Foundation

/// One text for each JSON value, however it was written: without white space, the members in order. What is no JSON stays.
func canonicalJSON(_ text: String) -> String {
    guard let value = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed),
        let data = try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
    else { return text }
    return String(decoding: data, as: UTF8.self)
}
