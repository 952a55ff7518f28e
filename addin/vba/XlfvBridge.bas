Attribute VB_Name = "XlfvBridge"
Option Explicit
Option Private Module
'Starts Python and gives its COM server. The only module that knows the DLL of xlwings and the file that
'"xlfv install" writes: %LOCALAPPDATA%\xlfv\xlfv.conf, one key=value a line.

#If Mac Then
#ElseIf Win64 Then
Private Declare PtrSafe Function LoadLibrary Lib "kernel32" Alias "LoadLibraryA" (ByVal FileName As String) As LongPtr
Private Declare PtrSafe Function ActivateServer Lib "xlwings64-@XLWINGS@.dll" Alias "XLPyDLLActivateAuto" (ByRef Result As Variant, ByVal Config As String, ByVal Mode As Long) As Long
Private Const DLL_KEY As String = "dll64"
#Else
Private Declare PtrSafe Function LoadLibrary Lib "kernel32" Alias "LoadLibraryA" (ByVal FileName As String) As LongPtr
Private Declare PtrSafe Function ActivateServer Lib "xlwings32-@XLWINGS@.dll" Alias "XLPyDLLActivateAuto" (ByRef Result As Variant, ByVal Config As String, ByVal Mode As Long) As Long
Private Const DLL_KEY As String = "dll32"
#End If

Private Const LAUNCH As String = "@LAUNCH@"
Private Const NOT_STARTED As Long = vbObjectError + 1001
Private Const START_MODE As Long = 1
Private Const END_MODE As Long = -1

Private running As String
Private starts As Long

'A server, started if need be; the one before, if any, is ended. The number in the command line makes each start another
'one to the DLL: it does not let go of a dead server's class id.
Public Function XlfvConnect() As Object
#If Mac Then
    Err.Raise NOT_STARTED, "xlfv", "the functions of xlfv need Excel for Windows"
#Else
    Dim dll As String, server As Variant, ended As Variant
    dll = Setting(DLL_KEY)
    If LoadLibrary(dll) = 0 Then Err.Raise NOT_STARTED, "xlfv", "cannot load " & dll
    If Len(running) > 0 Then ActivateServer ended, running, END_MODE
    starts = starts + 1
    running = Replace(Replace(LAUNCH, "{interpreter}", Setting("interpreter")), "{start}", CStr(starts))
    If ActivateServer(server, running, START_MODE) <> 0 Then
        Err.Raise NOT_STARTED, "xlfv", "Python did not start: " & CStr(server)
    End If
    Set XlfvConnect = server
#End If
End Function

Private Function Setting(ByVal Key As String) As String
    Dim path As String, text As String, file As Integer
    path = Environ$("LOCALAPPDATA") & "\xlfv\xlfv.conf"
    If Len(Dir$(path)) = 0 Then Err.Raise NOT_STARTED, "xlfv", "there is no file " & path
    file = FreeFile
    Open path For Input As #file
    Do While Not EOF(file) And Len(Setting) = 0
        Line Input #file, text
        If LCase$(Left$(text, Len(Key) + 1)) = Key & "=" Then Setting = Trim$(Mid$(text, Len(Key) + 2))
    Loop
    Close #file
    If Len(Setting) = 0 Then Err.Raise NOT_STARTED, "xlfv", path & " does not name " & Key
End Function
