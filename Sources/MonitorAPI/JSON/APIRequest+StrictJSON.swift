import FoundationEssentials
import GradingCore

extension APIRequest {
    /// The body as JSON of this shape. 415 for another declared type, 400 for broken JSON or another shape.
    ///
    /// The strict scan comes first: Foundation's decoder takes duplicate keys, trailing commas and other encodings.
    func strictJSON<Body: Decodable>(_ type: Body.Type) throws -> Body {
        guard !isDeclaredOtherThanJSON else { throw Problem.notJSON }
        let bytes = bodyBytes()
        try StrictJSON.validate(bytes)
        return try JSONDecoder().decode(type, from: Data(bytes))
    }
}
