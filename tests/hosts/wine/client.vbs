' A second client, in another language: VBScript calls the server as VBA does. One line a call: its name, a tab, the result.
' The server is asked for by the name under which the test has registered it.
Option Explicit
Const ENTRY = "xlfv.excel.hosts.xlwings"
Dim server, reply, cash(3, 1), dates(2, 1), k
Set server = CreateObject("XlfvTest.Server")

Tell "hello", server.CallUDF(ENTRY, "hello", Array("0.0.0", "C:\none.xlam"), Nothing, Nothing)
Tell "number", Answer("XLFV_SMM", Array(0.06), Array(""))
Tell "integer", Answer("XLFV_SMM", Array(0), Array(""))
Tell "boolean", Answer("XLFV_SMM", Array(True), Array(""))
Tell "blank", Answer("XLFV_SMM", Array(Empty), Array(""))
Tell "currency", Answer("XLFV_PAYMENT", Array(CCur(100000), 0.08, 360), Array("", "", ""))
dates(0, 0) = "date" : dates(0, 1) = "cash"
dates(1, 0) = DateSerial(2009, 12, 31) : dates(1, 1) = 0
dates(2, 0) = DateSerial(2010, 12, 31) : dates(2, 1) = 100
Tell "dates", Answer("XLFV_PV", Array(dates, 0.06), Array("'[B.xlsx]S'!$A$1", ""))
Tell "error", Answer("XLFV_SMM", Array(6), Array("'[B.xlsx]S'!$A$1"))
Tell "why", Called("XLFV_WHY", Array("S!C3"), Array(""), "'[B.xlsx]S'!$D$3")
cash(0, 0) = "month" : cash(0, 1) = "cash"
For k = 1 To 3
    cash(k, 0) = k : cash(k, 1) = 100.5 * k
Next
Tell "block", Answer("XLFV_PV", Array(cash, 0.06), Array("'[B.xlsx]S'!$A$1", ""))
reply = Answer("XLFV_VECTOR", Array("6 ramp 3 to 12 then 4", 5), Array("", ""))
Tell "column", TypeName(reply) & " " & LBound(reply, 1) & "-" & UBound(reply, 1) & " " & LBound(reply, 2) & "-" & UBound(reply, 2) & " " & reply(1, 0)
On Error Resume Next
server.CallUDF "os", "getcwd", Array(), Nothing, Nothing
Tell "another module", Err.Number & " " & Left(Err.Description, 60)
Err.Clear
server.Exec "x"
Tell "another method", Err.Number

Function Answer(name, args, places)
    Answer = Called(name, args, places, "'[B.xlsx]S'!$C$3")
End Function

Function Called(name, args, places, cell)
    Dim reply, words
    reply = server.CallUDF(ENTRY, "answer", Array(name, args, places, cell, ""), Nothing, Nothing)
    Do While IsWait(reply)
        words = Split(Mid(reply, 6), " ")
        reply = server.CallUDF(ENTRY, "wait", Array(words(0)), Nothing, Nothing)
    Loop
    If IsArray(reply) Then
        Called = reply
    ElseIf VarType(reply) = vbString Then
        Called = Replace(reply, Chr(26), "<26>")
    Else
        Called = reply
    End If
End Function

Function IsWait(reply)
    IsWait = False
    If VarType(reply) = vbString Then IsWait = (Left(reply, 5) = Chr(26) & "WAIT")
End Function

Sub Tell(name, result)
    WScript.Echo name & vbTab & result
End Sub
