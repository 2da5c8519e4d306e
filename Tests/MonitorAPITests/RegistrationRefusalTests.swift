import GradingCore
import HTTPTypes
import Testing

@testable import MonitorAPI

@Suite("A registration that the web app's tables do not take")
struct RegistrationRefusalTests {
    @Test(
        "is answered with the reason",
        arguments: [
            (RegistrationRefusal.studentIDTaken("2010/1"), 409, "studentId 2010/1"), (.studentIDRequired, 422, "studentId"),
            (.columnRequired("students.schoolId"), 422, "students.schoolId"),
        ]
    )
    func problem(_ refusal: RegistrationRefusal, _ status: Int, _ word: String) {
        let problem = Problem(refusal)
        #expect(problem.status.code == status)
        #expect(problem.detail.contains(word))
    }
}
