import Testing
import GradingCore
package func conform() { #expect(Bool(true)) }
